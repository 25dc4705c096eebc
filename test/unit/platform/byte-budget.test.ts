import { describe, expect, it } from 'vitest';
import { makeByteBudget } from '../../../functions/platform/concurrency/byte-budget.ts';

/** Requests bytes; `holds()` says whether they were granted. */
const request = (taking: Promise<() => void>) => {
  let release: (() => void) | undefined;
  void taking.then((granted) => (release = granted));
  return { holds: () => release !== undefined, release: () => release?.() };
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('byte budget', () => {
  it('makes requests wait in order until there is room', async () => {
    const take = makeByteBudget({ total: 10, free: 0 });
    const [first, second, third] = [request(take(6)), request(take(6)), request(take(1))];
    await settled();
    expect([first.holds(), second.holds(), third.holds()]).toEqual([true, false, false]);
    first.release();
    await settled();
    expect([second.holds(), third.holds()]).toEqual([true, true]);
  });

  it('grants small requests at once without counting them while large ones wait', async () => {
    const take = makeByteBudget({ total: 10, free: 2 });
    request(take(10));
    request(take(10));
    const small = request(take(2));
    await settled();
    expect(small.holds()).toBe(true);
  });

  it('grants a request larger than the whole budget when nothing else is granted', async () => {
    const take = makeByteBudget({ total: 10, free: 0 });
    const [first, huge, last] = [request(take(1)), request(take(50)), request(take(1))];
    await settled();
    expect(huge.holds()).toBe(false);
    first.release();
    await settled();
    expect([huge.holds(), last.holds()]).toEqual([true, false]);
    huge.release();
    await settled();
    expect(last.holds()).toBe(true);
  });

  it('counts bytes that are released twice once', async () => {
    const take = makeByteBudget({ total: 10, free: 0 });
    const first = request(take(6));
    await settled();
    first.release();
    first.release();
    const [second, third] = [request(take(6)), request(take(6))];
    await settled();
    expect([second.holds(), third.holds()]).toEqual([true, false]);
  });
});
