import { describe, expect, it } from 'vitest';
import { settleAll, settleTogetherOrAlone } from '../../../functions/platform/settle.domain.ts';

const later = async (ends: () => void) => {
  await new Promise((resolve) => setImmediate(resolve));
  ends();
};

describe('settleAll', () => {
  it('returns the results in the order of the work', async () => {
    expect(await settleAll([Promise.resolve(1), 'two', later(() => undefined)])).toEqual([
      1,
      'two',
      undefined,
    ]);
  });

  it('throws the first failure only after all other work ended', async () => {
    let ended = false;
    const work = [Promise.reject(new Error('first')), later(() => (ended = true))];
    await expect(settleAll(work)).rejects.toThrow('first');
    expect(ended).toBe(true);
  });
});

describe('settleTogetherOrAlone', () => {
  const makeRunner = (isBad: (item: string) => boolean) => {
    const calls: (readonly string[])[] = [];
    const run = async (...items: readonly string[]) => {
      const outcomes = await settleTogetherOrAlone(
        items,
        (item) => item[0]!,
        async (some) => {
          calls.push(some);
          if (some.some(isBad)) throw new Error('no');
        },
      );
      return outcomes.map(({ status }) => status);
    };
    return { calls, run };
  };

  it('runs all items in one call when none fails', async () => {
    const { calls, run } = makeRunner(() => false);
    expect(await run('a1', 'b1')).toEqual(['fulfilled', 'fulfilled']);
    expect(calls).toEqual([['a1', 'b1']]);
  });

  it('rejects only the item that fails alone and keeps the order within its group', async () => {
    const { calls, run } = makeRunner((item) => item === 'a2');
    expect(await run('a1', 'b1', 'a2', 'a3')) //
      .toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(calls.slice(1).filter(([item]) => item?.startsWith('a'))).toEqual([['a1'], ['a2'], ['a3']]);
  });

  it('tries a single item once', async () => {
    const { calls, run } = makeRunner(() => true);
    expect(await run('a1')).toEqual(['rejected']);
    expect(calls).toHaveLength(1);
  });
});
