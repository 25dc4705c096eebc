import { describe, expect, it } from 'vitest';
import { makeCache } from '../../../../functions/catalog/snapshots/cache.ts';

describe('cache', () => {
  it('evicts the least recently used value', () => {
    const cache = makeCache<number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  });

  it('counts the weight of values, and the new weight of a replaced value', () => {
    const cache = makeCache<number>(10, (weight) => weight);
    cache.set('a', 6);
    cache.set('a', 3);
    cache.set('b', 7);
    expect([cache.get('a'), cache.get('b')]).toEqual([3, 7]);
    cache.set('c', 4);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, undefined, 4]);
  });

  it('keeps the newest value even when it exceeds the limit alone', () => {
    const cache = makeCache<number>(10, (weight) => weight);
    cache.set('a', 1);
    cache.set('b', 99);
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, 99]);
    cache.delete('b');
    cache.set('a', 10);
    expect(cache.get('a')).toBe(10);
  });
});
