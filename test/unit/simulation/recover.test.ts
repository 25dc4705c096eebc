import { describe, expect, it } from 'vitest';
import {
  ENDPOINT,
  NOON,
  SETTINGS,
  application,
  endpoint,
  publishRequest,
} from '../../support/simulation/builders.ts';
import { unfinished } from '../../support/simulation/invariants.ts';
import { makeSimulation } from '../../support/simulation/simulation.ts';
import { makeRunReplay } from './run-replay.ts';

const HOUR = 60 * 60_000;
const NEARLY_TIMEOUT_MS = SETTINGS.requestTimeout * 1_000 - 1_000;
const URL = 'https://one.example';

interface Play {
  /** When recover runs, after the message was published. */
  readonly afterMs: number;
  /** Every call of deliver to a port takes this long. */
  readonly latencyMs: number;
  readonly answerMs: number;
  /** Recover runs twice. */
  readonly twice?: boolean;
  /** Before the first retry. */
  readonly retrySeconds?: number;
  /** Requests that fail before one succeeds. */
  readonly failures?: number;
}

/** One endpoint that fails first; its retry comes soon, and recover runs meanwhile. */
const play = async ({
  afterMs,
  latencyMs,
  answerMs,
  twice = false,
  failures = 1,
  retrySeconds = 5,
}: Play) => {
  const simulation = makeSimulation({
    settings: { retrySchedule: [retrySeconds, 300, 1800] },
    faults: { latencyMs: (place) => (place.startsWith('deliver:') ? latencyMs : 0) },
  });
  const { clock, tenants, receivers } = simulation;
  await tenants.create(application());
  tenants.putEndpoint(endpoint({ url: URL }));
  receivers.answer(URL, ({ time }) => ({
    status: time <= failures ? 500 : 200,
    delayMs: time === 1 ? 0 : answerMs,
  }));
  const run = makeRunReplay(simulation);
  const recover = () => run('endpoint.recover', NOON - HOUR);
  const outcome = await simulation.publish(publishRequest());
  if (outcome.kind !== 'accepted') throw new Error('not accepted');
  clock.at(NOON + afterMs, recover);
  if (twice) clock.at(NOON + afterMs + 500, recover);
  await clock.runUntil(NOON + afterMs + 1_000);
  await simulation.runToRest(24 * HOUR);
  const pairs = [{ messageId: outcome.message.id, endpointId: ENDPOINT, at: NOON }];
  expect(unfinished(simulation, pairs)).toEqual([]);
  return receivers.received().length;
};

const INSTANTS = Array.from({ length: 160 }, (_, index) => index * 500);

describe('simulation: recover at any instant around a due retry', () => {
  it.each([
    ['on a quick machine', { latencyMs: 5, answerMs: 50 }],
    ['on a slow machine', { latencyMs: 3_000, answerMs: 5_000 }],
    [
      'at a receiver that answers just before the request timeout',
      { latencyMs: 500, answerMs: NEARLY_TIMEOUT_MS },
    ],
  ])('sends the webhook exactly once more, %s', async (_, speed) => {
    const counts = new Map<number, number>();
    for (const afterMs of INSTANTS) counts.set(afterMs, await play({ ...speed, afterMs }));
    expect([...counts].filter(([, count]) => count !== 2)).toEqual([]);
  });

  it('sends the webhook once more where the retry comes due while the one that was brought forward is being sent', async () => {
    for (const afterMs of INSTANTS)
      expect(await play({ latencyMs: 500, answerMs: NEARLY_TIMEOUT_MS, retrySeconds: 30, afterMs })).toBe(2);
  });

  it('sends the webhook once more where recover is started twice at the same time', async () => {
    for (const afterMs of INSTANTS)
      expect(await play({ latencyMs: 1_000, answerMs: 2_000, afterMs, twice: true })).toBe(2);
  });

  it('continues the retry schedule where the endpoint still fails', async () => {
    for (const afterMs of [3_000, 20_000, 60_000])
      expect(await play({ latencyMs: 5, answerMs: 50, afterMs, failures: 3 })).toBe(4);
  });
});
