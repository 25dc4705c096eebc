import { describe, expect, it } from 'vitest';
import { changed } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import { missedSince } from '../../../functions/catalog/endpoints/missed-since.domain.ts';
import { DELIVERY_QUEUE_OLDEST_SECONDS } from '../../../functions/platform/limits/delivery.domain.ts';
import { STREAM_RETRY_FOR_MS } from '../../../functions/platform/limits/streams.domain.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import { ENDPOINT, NOON, application, endpoint, publishRequest } from '../../support/simulation/builders.ts';
import type { Faults } from '../../support/simulation/process.ts';
import { makeSimulation } from '../../support/simulation/simulation.ts';
import { makeRunReplay } from './run-replay.ts';

const URL = 'https://one.example';
const FIRST_AT = NOON + HOUR_MS;
const DISABLED_AT = FIRST_AT + 10 * SECOND_MS;

/**
 * Publishes a message that is delivered before the endpoint is disabled, and one just before that, which the function of
 * this name takes only afterwards. Then the endpoint is enabled, and what it missed is replayed without `since`.
 */
const play = async (late: 'fan-out' | 'deliver', replays = 1) => {
  let isLate = false;
  const latencyMs: Faults['latencyMs'] = (place) => (isLate && place.startsWith(`${late}:`) ? 8_000 : 1);
  const simulation = makeSimulation({ faults: { latencyMs } });
  const { clock, tenants, receivers, views } = simulation;
  await tenants.create(application());
  tenants.putEndpoint(endpoint({ url: URL, createdAt: NOON, updatedAt: NOON }));
  receivers.answer(URL, () => ({}));
  const set = (disabled: boolean) =>
    tenants.putEndpoint(changed(tenants.endpoint(ENDPOINT)!, { disabled }, clock.now()));
  const publish = async (idempotency: string) => {
    const outcome = await simulation.publish(publishRequest({ idempotency }));
    if (outcome.kind !== 'accepted') throw new Error('not accepted');
    return outcome.message;
  };
  const sent = () => receivers.received().map(({ messageId }) => messageId);

  clock.at(FIRST_AT, () => void publish('before'));
  await clock.runUntil(DISABLED_AT - SECOND_MS);
  const delivered = sent();
  expect(delivered).toHaveLength(1);
  isLate = true;
  clock.at(DISABLED_AT - 200, () => void publish('in flight'));
  clock.at(DISABLED_AT, () => set(true));
  await clock.runUntil(DISABLED_AT + HOUR_MS);
  isLate = false;
  const missed = simulation.messages.all().find(({ createdAt }) => createdAt > FIRST_AT + SECOND_MS);
  expect(missed?.createdAt).toBeLessThan(DISABLED_AT);
  expect(sent()).toEqual(delivered);
  const attempts = views.endpointMessages().filter(({ messageId }) => messageId === missed?.id);
  set(false);
  const run = makeRunReplay(simulation);
  const enabled = tenants.endpoint(ENDPOINT)!;
  for (let count = 0; count < replays; count += 1)
    await run('endpoint.replay', missedSince(enabled, enabled.lastDisabledAt ?? 0));
  await simulation.runToRest(DAY_MS);
  return { sent: sent(), expected: [...delivered, missed?.id], attempts };
};

describe('simulation: replay-missing without a start', () => {
  it('sends once a message that was accepted before the endpoint was disabled and fanned out after it', async () => {
    const { sent, expected, attempts } = await play('fan-out');
    expect(attempts).toEqual([]);
    expect(sent).toEqual(expected);
  });

  it('sends once a message whose delivery was taken from the queue after the endpoint was disabled', async () => {
    const { sent, expected, attempts } = await play('deliver');
    expect(attempts).toMatchObject([{ everSucceeded: false }]);
    expect(sent).toEqual(expected);
  });

  it.each(['fan-out', 'deliver'] as const)(
    'sends nothing twice if it runs twice at once (%s)',
    async (late) => {
      const { sent, expected } = await play(late, 2);
      expect(sent).toEqual(expected);
    },
  );
});

describe('where the messages begin that an endpoint missed while it was off', () => {
  const LATEST = STREAM_RETRY_FOR_MS + DELIVERY_QUEUE_OLDEST_SECONDS * SECOND_MS;
  const off = (since: number, until: number | null) => ({ since, until, reason: 'owner' }) as const;

  it('is earlier than its disabling, by what a message may take to its first attempt', () => {
    const offSpans = [off(NOON, null)];
    expect(missedSince(endpoint({ createdAt: 0, offSpans }), NOON)).toBe(NOON - LATEST);
    expect(LATEST).toBe(35 * 60_000);
  });

  it('is never before the endpoint was created', () => {
    const offSpans = [off(NOON, null)];
    expect(missedSince(endpoint({ createdAt: NOON - 5, offSpans }), NOON)).toBe(NOON - 5);
  });

  it('is never before it was enabled after the time in which it was off before', () => {
    const offSpans = [off(NOON - 900, NOON - 600), off(NOON - 300, NOON - 100), off(NOON, NOON + 100)];
    const times = endpoint({ createdAt: 0, offSpans });
    expect(missedSince(times, NOON)).toBe(NOON - 100);
    expect(missedSince(times, NOON - 300)).toBe(NOON - 600);
    expect(missedSince(times, NOON - 900)).toBe(NOON - 900 - LATEST);
  });
});
