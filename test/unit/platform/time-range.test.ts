import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerBound, makeIds } from '../../../functions/platform/ids/ids.domain.ts';
import { idRange } from '../../../functions/platform/ids/time-range.domain.ts';
import type { TimeQuery } from '../../../functions/platform/ids/time-range.domain.ts';
import { NOON } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const anyTime: TimeQuery = { cursor: null, before: null, after: null };
const idAt = (atMs: number, seed = 1) => makeIds(makeRandom(seed).bytes).message(atMs);
const range = (query: Partial<TimeQuery>) => idRange('msg_', { ...anyTime, ...query }, NOON);
const holds = (query: Partial<TimeQuery>, id: string) => range(query).above < id && id < range(query).below;
const next = (id: string) => ({ id, direction: 'next' }) as const;
const previous = (id: string) => ({ id, direction: 'previous' }) as const;

describe('time range of a list', () => {
  it('covers 90 days, newest first', () => {
    expect(range({}).walk).toBe('newest-first');
    expect(holds({}, idAt(NOON))).toBe(true);
    expect(holds({}, idAt(NOON - 90 * DAY))).toBe(true);
    expect(holds({}, idAt(NOON - 90 * DAY - 4))).toBe(false);
  });

  it('excludes ids dated more than an hour in the future', () => {
    expect(holds({}, idAt(NOON + HOUR))).toBe(true);
    expect(holds({}, idAt(NOON + HOUR + 4))).toBe(false);
    expect(holds({ after: NOON }, idAt(NOON + HOUR + 4))).toBe(false);
  });

  it('excludes before and covers 90 days before it', () => {
    const before = NOON - 30 * DAY;
    expect(holds({ before }, idAt(before))).toBe(false);
    expect(holds({ before }, idAt(before - 4))).toBe(true);
    expect(holds({ before }, idAt(before - 90 * DAY))).toBe(true);
    expect(holds({ before }, idAt(before - 90 * DAY - 4))).toBe(false);
  });

  it('includes after, starts with the oldest and covers 90 days after it', () => {
    const after = NOON - 200 * DAY;
    expect(range({ after }).walk).toBe('oldest-first');
    expect(holds({ after }, idAt(after))).toBe(true);
    expect(holds({ after }, idAt(after - 4))).toBe(false);
    expect(holds({ after }, idAt(after + 90 * DAY))).toBe(true);
    expect(holds({ after }, idAt(after + 90 * DAY + 4))).toBe(false);
  });

  it('combines before and after, newest first', () => {
    const query = { before: NOON - HOUR, after: NOON - 2 * HOUR };
    const instants = [NOON - HOUR, NOON - HOUR - 4, NOON - 2 * HOUR, NOON - 2 * HOUR - 4];
    expect(range(query).walk).toBe('newest-first');
    expect(instants.map((at) => holds(query, idAt(at)))).toEqual([false, true, true, false]);
  });

  it('continues strictly after a cursor and covers 90 days from it in both directions', () => {
    const cursor = idAt(NOON - 100 * DAY);
    expect(holds({ cursor: next(cursor) }, cursor)).toBe(false);
    expect(holds({ cursor: next(cursor) }, idAt(NOON - 100 * DAY - 4))).toBe(true);
    expect(holds({ cursor: next(cursor) }, idAt(NOON - 190 * DAY - 4))).toBe(false);
    expect(range({ cursor: previous(cursor) }).walk).toBe('oldest-first');
    expect(holds({ cursor: previous(cursor) }, cursor)).toBe(false);
    expect(holds({ cursor: previous(cursor) }, idAt(NOON - 100 * DAY + 4))).toBe(true);
    expect(holds({ cursor: previous(cursor) }, idAt(NOON - 10 * DAY + 4))).toBe(false);
  });

  it('keeps both bounds while paging with a cursor', () => {
    const bounds = { before: NOON - HOUR, after: NOON - 3 * HOUR };
    const cursor = idAt(NOON - 2 * HOUR);
    for (const direction of [next(cursor), previous(cursor)]) {
      expect(holds({ ...bounds, cursor: direction }, idAt(NOON - HOUR))).toBe(false);
      expect(holds({ ...bounds, cursor: direction }, idAt(NOON - 3 * HOUR - 4))).toBe(false);
    }
    expect(holds({ ...bounds, cursor: next(cursor) }, idAt(NOON - 3 * HOUR))).toBe(true);
    expect(holds({ ...bounds, cursor: previous(cursor) }, idAt(NOON - HOUR - 4))).toBe(true);
  });

  it('with after and a cursor continues newest first down to after', () => {
    const query = { after: NOON - HOUR, cursor: next(idAt(NOON)) };
    expect(range(query).walk).toBe('newest-first');
    expect(holds(query, idAt(NOON - HOUR))).toBe(true);
    expect(holds(query, idAt(NOON - HOUR - 4))).toBe(false);
  });

  it('splits at any instant without gap or overlap', () => {
    const near = fc.integer({ min: NOON - 40 * DAY, max: NOON });
    fc.assert(
      fc.property(near, near, fc.nat(), (at, split, seed) => {
        const id = idAt(at, seed);
        expect(holds({ before: split }, id)).toBe(!holds({ after: split }, id));
      }),
    );
  });

  it('is empty when its bounds cross', () => {
    const { above, below } = range({ before: NOON - HOUR, after: NOON });
    expect(above >= below).toBe(true);
    expect(range({ after: NOON + 2 * HOUR }).above >= range({ after: NOON + 2 * HOUR }).below).toBe(true);
  });

  it('treats a cursor that is not an id as a position in the order', () => {
    const { above, below } = range({ cursor: next('msg_zzz') });
    expect([above, below]).toEqual([lowerBound('msg_', NOON - 90 * DAY), range({}).below]);
  });
});
