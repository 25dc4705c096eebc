import { expect, it } from 'vitest';
import { indexWriteUnits } from '../../support/bench/recording/billing.ts';

const entry = (key: string, bytes: number) => ({ key, bytes });

it.each([
  ['an item that is in no index', undefined, undefined, 0],
  ['an item that enters', undefined, entry('a', 1_100), 2],
  ['an item that leaves', entry('a', 1_100), undefined, 2],
  ['an item that changes, by the larger of both', entry('a', 1_100), entry('a', 900), 2],
  ['an item whose keys in it change, as a delete and a put', entry('a', 1_100), entry('b', 900), 3],
])('the benchmark bills a secondary index for %s', (_what, before, after, units) => {
  expect(indexWriteUnits(before, after, true)).toBe(units);
});

it('the benchmark bills no secondary index for an item that stays as it is', () => {
  expect(indexWriteUnits(entry('a', 900), entry('a', 900), false)).toBe(0);
});
