import { describe, expect, it } from 'vitest';
import { eligibilityOf } from '../../../functions/deliver/eligibility/eligibility.domain.ts';
import type { EligibilityFacts } from '../../../functions/deliver/eligibility/eligibility.domain.ts';
import type { CancelReason } from '../../../functions/deliver/canceled.domain.ts';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import {
  ENDPOINT,
  NOON,
  SETTINGS,
  application,
  endpoint,
  message,
} from '../../support/simulation/builders.ts';

const tenant = (some: Partial<Endpoint> = {}) => ({
  ...{ application: application(), settings: SETTINGS },
  endpoints: [endpoint(some)],
});

const eligibility = (some: Partial<EligibilityFacts> = {}) =>
  eligibilityOf({
    tenant: tenant(),
    message: message(),
    endpointId: ENDPOINT,
    trigger: { kind: 'scheduled', number: 2 },
    endedByResend: false,
    nowMs: NOON,
    ...some,
  });
const resend = { kind: 'manual', request: 'r1' } as const;
const canceled = (reason: CancelReason) => ({ kind: 'canceled', reason });

describe('eligibility of a delivery', () => {
  it('is given while endpoint, filters and payload are unchanged', () => {
    expect(eligibility()).toEqual({
      ...{ kind: 'eligible', application: application(), settings: SETTINGS },
      ...{ endpoint: endpoint(), message: message() },
    });
  });

  it('ends once the application, the message or the endpoint is deleted', () => {
    expect(eligibility({ tenant: undefined })).toEqual(canceled('application_deleted'));
    expect(eligibility({ message: undefined })).toEqual(canceled('message_deleted'));
    expect(eligibility({ tenant: { ...tenant(), endpoints: [] } })).toEqual(canceled('endpoint_deleted'));
  });

  it('ends once the payload has expired or was expunged', () => {
    expect(eligibility({ message: message({ payloadExpiresAt: NOON }) })).toEqual(
      canceled('payload_expired'),
    );
    expect(eligibility({ message: message({ payload: { kind: 'gone' } }) })).toEqual(
      canceled('payload_expunged'),
    );
    expect(eligibility({ message: message({ payloadExpiresAt: NOON + 1 }) }).kind).toBe('eligible');
  });

  it('ends once the endpoint is disabled, for retries and resends alike', () => {
    const disabled = tenant({ disabled: true });
    expect(eligibility({ tenant: disabled })).toEqual(canceled('endpoint_disabled'));
    expect(eligibility({ tenant: disabled, trigger: resend })).toEqual(canceled('endpoint_disabled'));
  });

  it('ends once the endpoint’s filters exclude the message, for scheduled attempts but not for resends', () => {
    const other = tenant({ eventTypes: ['other'] });
    expect(eligibility({ tenant: other })).toEqual(canceled('filters_changed'));
    expect(eligibility({ tenant: other, trigger: resend }).kind).toBe('eligible');
  });

  it('is given to an example, whatever the filters of its endpoint', () => {
    const other = tenant({ eventTypes: ['other'], channels: ['c'] });
    expect(eligibility({ tenant: other, message: message({ onlyEndpoint: ENDPOINT }) }).kind).toBe(
      'eligible',
    );
  });

  it('is `ended` and not `canceled` once a resend has succeeded, even where the endpoint is disabled', () => {
    const disabled = tenant({ disabled: true });
    expect(eligibility({ tenant: disabled, endedByResend: true })).toEqual({ kind: 'ended' });
    expect(eligibility({ tenant: undefined, endedByResend: true })).toEqual({ kind: 'ended' });
  });

  it('is `ended` once a resend has ended the schedule, for scheduled attempts but not for resends', () => {
    expect(eligibility({ endedByResend: true })).toEqual({ kind: 'ended' });
    expect(eligibility({ endedByResend: true, trigger: resend }).kind).toBe('eligible');
  });
});
