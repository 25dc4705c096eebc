import { describe, expect, it } from 'vitest';
import { makeGroupCommit } from '../../../functions/platform/concurrency/group-commit.ts';

const FULFILLED: PromiseSettledResult<undefined> = { status: 'fulfilled', value: undefined };

describe('group commit', () => {
  it('writes the items of one pass of the event loop together, and those that come meanwhile after them', async () => {
    const written: (readonly number[])[] = [];
    const first = Promise.withResolvers<undefined>();
    const put = makeGroupCommit<number>(async (items) => {
      written.push(items);
      if (written.length === 1) await first.promise;
      return items.map(() => FULFILLED);
    });
    const early = [put(1), Promise.resolve().then(() => put(2))];
    while (written.length === 0) await new Promise(setImmediate);
    const late = [put(3), put(4)];
    first.resolve(undefined);
    await Promise.all([...early, ...late]);
    expect(written).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('fails exactly the items whose outcome is a failure, and goes on', async () => {
    const put = makeGroupCommit<number>(async (items) =>
      items.map((item) => (item === 2 ? { status: 'rejected', reason: new Error('refused') } : FULFILLED)),
    );
    const outcomes = await Promise.allSettled([put(1), put(2), put(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await put(4);
  });

  it('fails all items of a write that throws, and of one without their outcomes, but none of the next', async () => {
    let writes = 0;
    const put = makeGroupCommit<number>(async (items) => {
      writes += 1;
      if (writes === 1) throw new Error('throttled');
      return writes === 2 ? [] : items.map(() => FULFILLED);
    });
    for (const status of ['rejected', 'rejected', 'fulfilled'])
      expect((await Promise.allSettled([put(1), put(2)])).map((one) => one.status)).toEqual([status, status]);
  });
});
