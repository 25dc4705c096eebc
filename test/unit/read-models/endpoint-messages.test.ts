import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt, Decision } from '../../../functions/deliver/attempts/attempt.domain.ts';
import {
  endpointMessageOf,
  mergeEndpointMessages,
} from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { EndpointMessage } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { NOON, attempt, seededIds } from '../../support/simulation/builders.ts';

const decision = fc.constantFrom<Decision>(
  { kind: 'succeeded' },
  { kind: 'retry', at: NOON + 60_000 },
  { kind: 'exhausted' },
  { kind: 'gone' },
  { kind: 'manual-failed' },
  { kind: 'canceled', reason: 'endpoint_disabled' },
);

/** Consecutive attempts of one message at one endpoint. */
const history = fc.array(decision, { minLength: 1, maxLength: 8 }).map((decisions) => {
  const ids = seededIds();
  return decisions.map((one, index) =>
    attempt({ id: ids.attempt(NOON + index * 1000), decision: one, succeeded: one.kind === 'succeeded' }),
  );
});

const stateOf = (attempts: readonly Attempt[]): EndpointMessage =>
  attempts.map(endpointMessageOf).reduce(mergeEndpointMessages);

describe('latest state of a message at an endpoint', () => {
  it('is independent of the order and repetition of attempts', () => {
    const shuffled = history.chain((attempts) =>
      fc.tuple(
        fc.constant(attempts),
        fc
          .array(fc.nat({ max: attempts.length - 1 }), { maxLength: 20 })
          .map((picks) => picks.map((i) => attempts[i]!)),
        fc.shuffledSubarray(attempts, { minLength: attempts.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([attempts, repeats, mixed]) => {
        expect(stateOf([...repeats, ...mixed, ...repeats.toReversed()])).toEqual(stateOf(attempts));
      }),
    );
  });

  it('is independent of how merges are grouped', () => {
    fc.assert(
      fc.property(history, fc.nat(), (attempts, at) => {
        const cut = 1 + (at % attempts.length);
        const [left, right] = [attempts.slice(0, cut), attempts.slice(cut)];
        const merged =
          right.length === 0 ? stateOf(left) : mergeEndpointMessages(stateOf(left), stateOf(right));
        expect(merged).toEqual(stateOf(attempts));
      }),
    );
  });

  it('is the state of the newest attempt', () => {
    fc.assert(
      fc.property(history, (attempts) => {
        const { lastAttemptId, lastSucceeded, nextAttemptAt } = endpointMessageOf(attempts.at(-1)!);
        expect(stateOf(attempts)).toMatchObject({ lastAttemptId, lastSucceeded, nextAttemptAt });
      }),
    );
  });

  it('keeps whether any attempt succeeded or exhausted the retries', () => {
    const [failed, ok, later] = (
      [{ kind: 'exhausted' }, { kind: 'succeeded' }, { kind: 'retry', at: NOON }] as const
    ).map((one, index) =>
      attempt({
        id: seededIds(index).attempt(NOON + index * 8),
        decision: one,
        succeeded: one.kind === 'succeeded',
      }),
    );
    expect(stateOf([failed!, ok!, later!])).toMatchObject({ everSucceeded: true, everFailedFinally: true });
    expect(stateOf([later!])).toMatchObject({
      everSucceeded: false,
      everFailedFinally: false,
      nextAttemptAt: NOON,
    });
  });
});
