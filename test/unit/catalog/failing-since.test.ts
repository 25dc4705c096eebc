import { describe, expect, it } from 'vitest';
import { afterExhaustion } from '../../../functions/catalog/endpoints/failing-since.domain.ts';

const NOON = Date.parse('2026-11-23T12:00:00.000Z');
const DAY = 86_400_000;
const LIMIT = 432_000; // five days

describe('the failure clock', () => {
  it('starts at the first exhausted message', () => {
    expect(afterExhaustion(null, LIMIT, NOON)).toEqual({ kind: 'start' });
  });

  it('runs on at later ones within the limit', () => {
    expect(afterExhaustion(NOON, LIMIT, NOON)).toEqual({ kind: 'running' });
    expect(afterExhaustion(NOON, LIMIT, NOON + 5 * DAY)).toEqual({ kind: 'running' });
  });

  it('disables at one past the limit, and tells since when', () => {
    expect(afterExhaustion(NOON, LIMIT, NOON + 5 * DAY + 1)).toEqual({ kind: 'disable', failSince: NOON });
  });

  it('is forgotten after twice the limit', () => {
    expect(afterExhaustion(NOON, LIMIT, NOON + 10 * DAY).kind).toBe('disable');
    expect(afterExhaustion(NOON, LIMIT, NOON + 10 * DAY + 1)).toEqual({ kind: 'start' });
  });

  it('counts fractions of a second, and forgets those after a minute alone', () => {
    expect(afterExhaustion(NOON, 0.2, NOON + 200).kind).toBe('running');
    expect(afterExhaustion(NOON, 0.2, NOON + 201).kind).toBe('disable');
    expect(afterExhaustion(NOON, 0.2, NOON + 60_200).kind).toBe('disable');
    expect(afterExhaustion(NOON, 0.2, NOON + 60_201).kind).toBe('start');
  });

  it('never runs where the limit is 0', () => {
    expect(afterExhaustion(null, 0, NOON)).toEqual({ kind: 'off' });
    expect(afterExhaustion(NOON - 100 * DAY, 0, NOON)).toEqual({ kind: 'off' });
  });
});
