import { describe, expect, it } from 'vitest';
import { verdict } from '../../../functions/deliver/eligibility.domain.ts';
import type { Standing } from '../../../functions/deliver/eligibility.domain.ts';
import { ENDPOINT, NOON, endpoint, message } from '../../support/simulation/builders.ts';

const asked = (some: Partial<Standing> = {}) =>
  verdict({
    endpoints: [endpoint()],
    message: message(),
    endpointId: ENDPOINT,
    turn: { kind: 'scheduled', number: 2 },
    endedByResend: false,
    nowMs: NOON,
    ...some,
  });
const resend = { kind: 'manual', request: 'r1' } as const;
const dropped = (reason: string) => ({ kind: 'drop', reason });

describe('whether a delivery is still wanted', () => {
  it('is yes while endpoint, filters and payload are as they were', () => {
    expect(asked()).toEqual({ kind: 'send', endpoint: endpoint() });
  });

  it('is no once the application, the message or the endpoint is gone', () => {
    expect(asked({ endpoints: undefined })).toEqual(dropped('application-gone'));
    expect(asked({ message: undefined })).toEqual(dropped('message-gone'));
    expect(asked({ endpoints: [] })).toEqual(dropped('endpoint-gone'));
  });

  it('is no once the payload has expired or was expunged', () => {
    expect(asked({ message: message({ payloadExpiresAt: NOON }) })).toEqual(dropped('payload-gone'));
    expect(asked({ message: message({ payload: { kind: 'gone' } }) })).toEqual(dropped('payload-gone'));
    expect(asked({ message: message({ payloadExpiresAt: NOON + 1 }) }).kind).toBe('send');
  });

  it('is no once the endpoint is off, for retries and resends alike', () => {
    const endpoints = [endpoint({ disabled: true })];
    expect(asked({ endpoints })).toEqual(dropped('endpoint-disabled'));
    expect(asked({ endpoints, turn: resend })).toEqual(dropped('endpoint-disabled'));
  });

  it('is no once the filters changed, for scheduled tries alone', () => {
    const endpoints = [endpoint({ eventTypes: ['other'] })];
    expect(asked({ endpoints })).toEqual(dropped('filtered-out'));
    expect(asked({ endpoints, turn: resend }).kind).toBe('send');
  });

  it('is no once a resend has ended the schedule, for scheduled tries alone', () => {
    expect(asked({ endedByResend: true })).toEqual(dropped('ended-by-resend'));
    expect(asked({ endedByResend: true, turn: resend }).kind).toBe('send');
  });
});
