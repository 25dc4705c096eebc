import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointMessageOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { endpointMessagesOf, compare } from '../../../functions/read-models/latest-state.domain.ts';
import { MESSAGE, NOON, attempt, seededIds } from '../../support/simulation/builders.ts';
import { messageId } from '../../../functions/platform/ids/brand.domain.ts';

const ids = seededIds();
const failed = { succeeded: false, decision: { kind: 'retry', at: NOON + 5_000 } } as const;
const history = [
  attempt({ id: ids.attempt(NOON), ...failed }),
  attempt({ id: ids.attempt(NOON + 5_000), succeeded: false, decision: { kind: 'exhausted' } }),
  attempt({ id: ids.attempt(NOON + 9_000) }),
];
const [whole] = endpointMessagesOf(history);

describe('comparison of a read model row with the log', () => {
  it('is never wrong for a row with some of the attempts, and right for a row with all', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(history, { minLength: 1 }), (some) => {
        const [projected] = endpointMessagesOf(some);
        expect(compare(projected, whole)).not.toBe('wrong');
        if (some.length === history.length) expect(compare(projected, whole)).toBe('right');
      }),
    );
  });

  it('is behind for a missing row, and right when the log has nothing either', () => {
    expect(compare(undefined, whole)).toBe('stale');
    expect(compare(undefined, undefined)).toBe('right');
  });

  it('is wrong for a row that contradicts the log', () => {
    const first = endpointMessageOf(history[0]!);
    expect(compare(first, undefined)).toBe('wrong');
    expect(compare('unreadable', first)).toBe('wrong');
    expect(compare(whole, first)).toBe('wrong');
    expect(compare({ ...first, everSucceeded: true }, first)).toBe('wrong');
    expect(compare({ ...first, nextAttemptAt: null }, first)).toBe('wrong');
    expect(compare({ ...first, eventType: 'another' }, whole)).toBe('wrong');
  });

  it('is done per message and endpoint', () => {
    const other = attempt({ messageId: messageId(`${MESSAGE}x`) });
    expect(endpointMessagesOf([...history, other]).map((state) => state.messageId)).toEqual([
      MESSAGE,
      other.messageId,
    ]);
  });
});
