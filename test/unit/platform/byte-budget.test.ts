import { describe, expect, it } from 'vitest';
import { makeByteBudget } from '../../../functions/platform/concurrency/byte-budget.ts';

/** Starts a taker; `holds()` says whether it has its bytes. */
const taker = (taking: Promise<() => void>) => {
  let giveBack: (() => void) | undefined;
  void taking.then((give) => (giveBack = give));
  return { holds: () => giveBack !== undefined, giveBack: () => giveBack?.() };
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a budget of bytes', () => {
  it('lets takers wait in line until there is room, and not past each other', async () => {
    const take = makeByteBudget({ total: 10, free: 0 });
    const [first, second, third] = [taker(take(6)), taker(take(6)), taker(take(1))];
    await settled();
    expect([first.holds(), second.holds(), third.holds()]).toEqual([true, false, false]);
    first.giveBack();
    await settled();
    expect([second.holds(), third.holds()]).toEqual([true, true]);
  });

  it('never makes the small ones wait behind large ones', async () => {
    const take = makeByteBudget({ total: 10, free: 2 });
    taker(take(10));
    taker(take(10));
    const small = taker(take(2));
    await settled();
    expect(small.holds()).toBe(true);
  });

  it('lets one that is larger than all of it run alone', async () => {
    const take = makeByteBudget({ total: 10, free: 0 });
    const [first, huge, last] = [taker(take(1)), taker(take(50)), taker(take(1))];
    await settled();
    expect(huge.holds()).toBe(false);
    first.giveBack();
    await settled();
    expect([huge.holds(), last.holds()]).toEqual([true, false]);
    huge.giveBack();
    await settled();
    expect(last.holds()).toBe(true);
  });

  it('counts what is given back twice once', async () => {
    const take = makeByteBudget({ total: 10, free: 0 });
    const first = taker(take(6));
    await settled();
    first.giveBack();
    first.giveBack();
    const [second, third] = [taker(take(6)), taker(take(6))];
    await settled();
    expect([second.holds(), third.holds()]).toEqual([true, false]);
  });
});
