import { describe, expect, it } from 'vitest';
import type { Attempt, Decision } from '../../../functions/deliver/attempts/attempt.domain.ts';
import {
  endpointMessageOf,
  mergeEndpointMessages,
} from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { EndpointMessage } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import { APP, ENDPOINT, NOON, ORG, attempt, seededIds } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { ADAPTERS } from './adapters.ts';

const DONE: Decision = { kind: 'succeeded' };
const DECISIONS: readonly Decision[] = [
  { kind: 'retry', at: NOON + 5000 },
  { kind: 'succeeded' },
  { kind: 'exhausted' },
  { kind: 'manual-failed' },
  { kind: 'canceled', reason: 'endpoint_disabled' },
];

const causeOf = (decision: Decision): Attempt['cause'] => {
  if (decision.kind === 'canceled') return `canceled:${decision.reason}`;
  return decision.kind === 'succeeded' ? null : 'status_5xx';
};

/** Histories of messages at one endpoint, one row for each attempt. */
const histories = (seed: number, messages: number): readonly (readonly EndpointMessage[])[] => {
  const random = makeRandom(seed);
  const ids = seededIds(seed);
  return Array.from({ length: messages }, () => {
    const messageId = ids.message(NOON);
    return Array.from({ length: 1 + random.below(5) }, (_, index) => {
      const decision = DECISIONS[random.below(DECISIONS.length)]!;
      const succeeded = decision.kind === 'succeeded';
      const id = ids.attempt(NOON + index);
      return endpointMessageOf(
        attempt({ messageId, id, decision, succeeded, cause: causeOf(decision), channels: ['c'] }),
      );
    });
  });
};

const LAGS = [4, 300, 9_996, 10_000, 10_004, 60_000];

/** Attempts of messages: prompt successes, alone and beside resends and cancellations, and everything else. */
const attemptsOf = (seed: number, messages: number): readonly (readonly Attempt[])[] => {
  const random = makeRandom(seed);
  return Array.from({ length: messages }, (_, index) => {
    const start = NOON + index * 500;
    const messageId = seededIds(seed * 1_000 + index).message(start);
    const attemptIds = seededIds(seed * 2_000 + index);
    return Array.from({ length: 1 + random.below(3) }, (__, number) => {
      const at = start + number * 3_000 + LAGS[random.below(LAGS.length)]!;
      const decision = number === 0 && random.chance(0.6) ? DONE : DECISIONS[random.below(DECISIONS.length)]!;
      return attempt({
        ...{ messageId, decision, at, id: attemptIds.attempt(at), succeeded: decision.kind === 'succeeded' },
        cause: causeOf(decision),
        trigger: number === 0 ? { kind: 'scheduled', number: 1 } : { kind: 'manual', request: `r${number}` },
        channels: ['c'],
      });
    });
  });
};

const latest = (some: readonly (readonly EndpointMessage[])[]) =>
  some
    .map((rows) => rows.reduce(mergeEndpointMessages))
    .sort((left, right) => (left.messageId < right.messageId ? 1 : -1));

describe.each(ADAPTERS)('messages by endpoint %s', (_, makeAdapters) => {
  it('have the same rows for any order and repetition of attempts', async () => {
    const adapters = await makeAdapters();
    const some = histories(1, 12);
    const random = makeRandom(2);
    const arriving = random.shuffled([...some.flat(), ...some.flat()]);
    for (const row of arriving)
      await adapters.views.mergeEndpointMessages([row], random.chance(0.5) ? 'stored' : 'new');
    expect(await adapters.endpointMessages(ORG, APP, ENDPOINT)).toEqual(latest(some));
  });

  it('are the same for any order, repetition and grouping of the attempts that are projected', async () => {
    const { views, log, endpointMessages } = await makeAdapters();
    const project = makeProject(views);
    const random = makeRandom(6);
    const some = attemptsOf(7, 60);
    const all = some.flat();
    await Promise.all(all.map((one) => log.record(one)));
    const arriving = random.shuffled([...all, ...all]);
    while (arriving.length > 0) await project(arriving.splice(0, 1 + random.below(20)));
    const expected = latest(some.map((attempts) => attempts.map(endpointMessageOf)));
    expect(await endpointMessages(ORG, APP, ENDPOINT)).toEqual(expected);
  });

  it('have the same rows when writers race', async () => {
    const adapters = await makeAdapters();
    const some = histories(3, 12);
    const random = makeRandom(4);
    const rows = random.shuffled(some.flat());
    await Promise.all(
      rows.map((row, index) =>
        adapters.views.mergeEndpointMessages([row], index % 2 === 0 ? 'stored' : 'new'),
      ),
    );
    expect(await adapters.endpointMessages(ORG, APP, ENDPOINT)).toEqual(latest(some));
  });

  it('accept many rows at once, and none', async () => {
    const adapters = await makeAdapters();
    const some = histories(5, 40);
    await adapters.views.mergeEndpointMessages(latest(some));
    await adapters.views.mergeEndpointMessages([]);
    expect(await adapters.endpointMessages(ORG, APP, ENDPOINT)).toEqual(latest(some));
  });
});
