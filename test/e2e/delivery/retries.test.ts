import { describe, expect, it } from 'vitest';
import type { Body } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';
import { eventually } from '../../support/poll.ts';

/** The retry schedule: when a failed delivery is retried, and when it is exhausted. */

const fail = async (sender: Sender, path: string): Promise<string> => {
  await sender.endpoint('ep', path);
  return String((await sender.publish())['id']);
};
const destinationOf = async (sender: Sender, id: string): Promise<Body> => {
  const { data } = await sender.ask('GET', `/app/acme/msg/${id}/endpoint`);
  return data[0] as Body;
};
/** Seconds between the response to the first attempt and the planned second one. */
const plannedDelay = async (sender: Sender, path: string): Promise<number> => {
  const id = await fail(sender, path);
  const [first] = await sender.attempts(id);
  const { nextAttempt } = await destinationOf(sender, id);
  const responseAt = Date.parse(String(first!['timestamp'])) + Number(first!['responseDurationMs']);
  return (Date.parse(String(nextAttempt)) - responseAt) / 1000;
};
/** From the response until its delivery is planned (s). Generous, since a busy machine takes longer. */
const PLANNING_SECONDS = 5;
const between = (value: number, least: number, most: number) => {
  expect(value).toBeGreaterThanOrEqual(least - 0.1);
  expect(value).toBeLessThanOrEqual(most + PLANNING_SECONDS);
};

describe('the retry schedule', () => {
  it('is that of the organization: one attempt more than it has delays, then the message is exhausted', async () => {
    const sender = await freshSender({ retrySchedule: [1, 1] });
    const id = await fail(sender, '/retries?status=500');
    const attempts = await sender.attempts(id, 3);
    expect(attempts.map(({ statusText }): unknown => statusText)).toEqual(['fail', 'fail', 'fail']);
    expect(await destinationOf(sender, id)).toMatchObject({ statusText: 'fail', nextAttempt: null });
    expect((await sender.listed('ep', 'status=2', [id]))['data']).toHaveLength(1);
  });

  it('may be empty: a message gets one attempt', async () => {
    const sender = await freshSender({ retrySchedule: [] });
    const id = await fail(sender, '/retries?status=500');
    await sender.attempts(id);
    expect(await destinationOf(sender, id)).toMatchObject({ statusText: 'fail', nextAttempt: null });
  });

  it('has a jitter of 20 % in either direction', async () => {
    const sender = await freshSender({ retrySchedule: [100] });
    between(await plannedDelay(sender, '/retries?status=500'), 80, 120);
  });

  it.each([
    ['10', 80, 120],
    ['150', 150, 180],
    ['149.2', 150, 180],
    ['7200', 7200, 8640],
    ['100000', 7200, 8640],
    ['0', 80, 120],
    ['-5', 80, 120],
    ['soon', 80, 120],
  ])('with a delay of 100 s and Retry-After: %s retries after %i to %i s', async (value, least, most) => {
    const sender = await freshSender({ retrySchedule: [100] });
    const delay = await plannedDelay(sender, `/retries?status=503&retry-after=${encodeURIComponent(value)}`);
    between(delay, least, most);
  });

  it('waits for a minute, with jitter, after a timeout when the planned delay is shorter', async () => {
    const sender = await freshSender({ retrySchedule: [1], requestTimeout: 1 });
    between(await plannedDelay(sender, '/retries?delay=5000'), 48, 72);
  });

  it('ends with the first success', async () => {
    const sender = await freshSender({ retrySchedule: [1, 600] });
    const id = await fail(sender, '/retries?flap=1');
    const attempts = await sender.attempts(id, 2);
    expect(attempts.map(({ statusText }): unknown => statusText)).toEqual(['success', 'fail']);
    expect(await destinationOf(sender, id)).toMatchObject({ statusText: 'success', nextAttempt: null });
  });
});

describe('a resend', () => {
  const resend = (sender: Sender, id: string) =>
    sender.send('POST', `/app/acme/msg/${id}/endpoint/ep/resend`);

  it('makes one manual attempt that is never retried', async () => {
    const sender = await freshSender({ retrySchedule: [600] });
    const id = await fail(sender, '/resent?status=500');
    await sender.attempts(id);
    expect((await resend(sender, id)).json).toEqual({});
    const attempts = await sender.attempts(id, 2);
    expect(attempts.map(({ triggerType }): unknown => triggerType)).toEqual([1, 0]);
  });

  it('that fails leaves the planned retries as they are', async () => {
    const sender = await freshSender({ retrySchedule: [3] });
    const id = await fail(sender, '/resent?status=500');
    await sender.attempts(id);
    await resend(sender, id);
    const attempts = await sender.attempts(id, 3);
    expect(attempts.map(({ triggerType }): unknown => triggerType).toSorted()).toEqual([0, 0, 1]);
  });

  it('that succeeds ends the planned retries', async () => {
    const sender = await freshSender({ retrySchedule: [600] });
    const id = await fail(sender, '/resent?flap=1');
    await sender.attempts(id);
    await resend(sender, id);
    await sender.attempts(id, 2);
    const sent = await eventually(
      () => sender.ask('GET', '/app/acme/endpoint/ep/msg'),
      ({ data }) => (data as Body[])[0]?.['status'] === 0,
    );
    expect((sent['data'] as Body[])[0]).not.toHaveProperty('nextAttempt');
  });

  it('ignores the filters of the endpoint', async () => {
    const sender = await freshSender();
    await sender.endpoint('ep', '/resent/filtered', { channels: ['other'] });
    const { id } = await sender.publish();
    await resend(sender, String(id));
    expect(await sender.received(String(id))).toHaveLength(1);
  });

  it('to a disabled endpoint gets 400', async () => {
    const sender = await freshSender();
    await sender.endpoint('ep', '/resent/disabled', { disabled: true });
    const { id } = await sender.publish();
    const refused = await resend(sender, String(id));
    expect([refused.status, refused.json.code]).toEqual([400, 'endpoint_disabled']);
  });
});

describe('auto-disable of an endpoint', () => {
  const isDisabled = async (sender: Sender) =>
    (await sender.ask('GET', '/app/acme/endpoint/ep'))['disabled'] === true;

  it('happens at once when the endpoint answers 410, and the delivery is not retried', async () => {
    const sender = await freshSender({ retrySchedule: [600] });
    const id = await fail(sender, '/gone?status=410');
    await eventually(() => isDisabled(sender));
    expect(await destinationOf(sender, id)).toMatchObject({ statusText: 'fail', nextAttempt: null });
  });

  it('happens when a message is exhausted later than endpointDisableAfter since the first failure', async () => {
    const sender = await freshSender({ retrySchedule: [], endpointDisableAfter: 0.2 });
    await fail(sender, '/failing?status=500');
    await eventually(async () => {
      if (await isDisabled(sender)) return true;
      const { id } = await sender.publish();
      await sender.attempts(String(id));
      return false;
    });
    const enabled = await sender.ask('PATCH', '/app/acme/endpoint/ep', { disabled: false });
    expect(enabled['disabled']).toBe(false);
  });

  it('does not happen after a success in between, nor with endpointDisableAfter 0', async () => {
    const sender = await freshSender({ retrySchedule: [], endpointDisableAfter: 0.05 });
    await sender.endpoint('ep', '/success-between');
    for (const path of ['?status=500', '', '?status=500']) {
      const { url } = await sender.ask('GET', '/app/acme/endpoint/ep');
      await sender.ask('PATCH', '/app/acme/endpoint/ep', { url: String(url).split('?')[0]! + path });
      await sender.attempts(String((await sender.publish())['id']));
    }
    expect(await isDisabled(sender)).toBe(false);
    await sender.settings({ endpointDisableAfter: 0 });
    await sender.attempts(String((await sender.publish())['id']));
    expect(await isDisabled(sender)).toBe(false);
  });
});
