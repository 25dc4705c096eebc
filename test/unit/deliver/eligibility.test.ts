import { describe, expect, it } from 'vitest';
import { eligibilityOf } from '../../../functions/deliver/eligibility.domain.ts';
import type { EligibilityFacts } from '../../../functions/deliver/eligibility.domain.ts';
import type { CancelReason } from '../../../functions/deliver/canceled.domain.ts';
import { ENDPOINT, NOON, endpoint, message } from '../../support/simulation/builders.ts';

const asked = (some: Partial<EligibilityFacts> = {}) =>
  eligibilityOf({
    endpoints: [endpoint()],
    message: message(),
    endpointId: ENDPOINT,
    trigger: { kind: 'scheduled', number: 2 },
    endedByResend: false,
    nowMs: NOON,
    ...some,
  });
const resend = { kind: 'manual', request: 'r1' } as const;
const canceled = (reason: CancelReason) => ({ kind: 'cancel', reason });

describe('whether a delivery is still wanted', () => {
  it('is yes while endpoint, filters and payload are as they were', () => {
    expect(asked()).toEqual({ kind: 'send', endpoint: endpoint() });
  });

  it('is no once the application, the message or the endpoint is gone', () => {
    expect(asked({ endpoints: undefined })).toEqual(canceled('application_deleted'));
    expect(asked({ message: undefined })).toEqual(canceled('message_deleted'));
    expect(asked({ endpoints: [] })).toEqual(canceled('endpoint_deleted'));
  });

  it('is no once the payload has expired or was expunged', () => {
    expect(asked({ message: message({ payloadExpiresAt: NOON }) })).toEqual(canceled('payload_expired'));
    expect(asked({ message: message({ payload: { kind: 'gone' } }) })).toEqual(canceled('payload_expunged'));
    expect(asked({ message: message({ payloadExpiresAt: NOON + 1 }) }).kind).toBe('send');
  });

  it('is no once the endpoint is off, for retries and resends alike', () => {
    const endpoints = [endpoint({ disabled: true })];
    expect(asked({ endpoints })).toEqual(canceled('endpoint_disabled'));
    expect(asked({ endpoints, trigger: resend })).toEqual(canceled('endpoint_disabled'));
  });

  it('is no once the filters changed, for scheduled tries alone', () => {
    const endpoints = [endpoint({ eventTypes: ['other'] })];
    expect(asked({ endpoints })).toEqual(canceled('filters_changed'));
    expect(asked({ endpoints, trigger: resend }).kind).toBe('send');
  });

  it('is yes for an example, whatever the filters of its endpoint', () => {
    const endpoints = [endpoint({ eventTypes: ['other'], channels: ['c'] })];
    expect(asked({ endpoints, message: message({ onlyEndpoint: ENDPOINT }) }).kind).toBe('send');
  });

  it('is over, and not canceled, once a resend has succeeded, even where the endpoint is disabled', () => {
    const endpoints = [endpoint({ disabled: true })];
    expect(asked({ endpoints, endedByResend: true })).toEqual({ kind: 'ended' });
    expect(asked({ endpoints: undefined, endedByResend: true })).toEqual({ kind: 'ended' });
  });

  it('is no once a resend has ended the schedule, for scheduled tries alone', () => {
    expect(asked({ endedByResend: true })).toEqual({ kind: 'ended' });
    expect(asked({ endedByResend: true, trigger: resend }).kind).toBe('send');
  });
});
