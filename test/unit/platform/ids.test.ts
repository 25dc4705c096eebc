import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idTime, isId, lowerBound, makeIds, upperBound } from '../../../functions/platform/ids/ids.domain.ts';
import { NOON } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';

const EPOCH = 1_400_000_000_000;
/** Instants that four bytes of seconds can represent. */
const instant = fc.integer({ min: EPOCH + 4, max: EPOCH + 0xffff_ffff * 1000 });
const tickOf = (atMs: number) => Math.floor(atMs / 4) * 4;
const idsOf = (seed: number) => makeIds(makeRandom(seed).bytes);

describe('id', () => {
  it('has the time of ids that the contract’s server generated', () => {
    const attempt = Date.parse('2026-11-23T04:19:57.172Z');
    expect(idTime('atmpt_3MUaSCD9DX1SvS8Enr8fItVa4sm')).toBe(attempt);
    expect(idTime('msg_3MUaSCBzfLRiKhlXYL9o4qbmts6')).toBe(Date.parse('2026-11-23T04:19:57.168Z'));
  });

  it('has the time it was generated at, in ticks of 4 ms', () => {
    fc.assert(
      fc.property(instant, fc.nat(), (atMs, seed) => {
        const id = idsOf(seed).message(atMs);
        expect(isId('msg_', id)).toBe(true);
        expect(idTime(id)).toBe(tickOf(atMs));
      }),
    );
  });

  it('sorts by time across processes', () => {
    fc.assert(
      fc.property(instant, instant, fc.nat(), (left, right, seed) => {
        fc.pre(tickOf(left) < tickOf(right));
        expect(idsOf(seed).attempt(left) < idsOf(seed + 1).attempt(right)).toBe(true);
      }),
    );
  });

  it('increases within one process, even within a tick and when the clock steps back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 2 }), (steps) => {
        const ids = idsOf(steps.length);
        const made = steps.map((step) => ids.message(NOON + step));
        expect(made).toEqual(made.toSorted());
        expect(new Set(made).size).toBe(made.length);
      }),
    );
  });

  it('increases within a tick when its random part is at its maximum', () => {
    const ids = makeIds((count) => new Uint8Array(count).fill(0xff));
    const made = Array.from({ length: 300 }, () => ids.message(NOON));
    expect(made).toEqual([...new Set(made)].toSorted());
    expect(made.map(idTime)).toEqual(made.map(() => NOON));
  });

  it('is strictly between the bounds of its tick', () => {
    fc.assert(
      fc.property(instant, fc.nat(), (atMs, seed) => {
        const id = idsOf(seed).endpoint(atMs);
        expect(lowerBound('ep_', atMs) < id && id < upperBound('ep_', atMs)).toBe(true);
        expect(upperBound('ep_', atMs - 4) < id && id < lowerBound('ep_', atMs + 4)).toBe(true);
      }),
    );
  });

  it('has bounds that never decrease with time, even outside the representable range', () => {
    const far = fc.integer({ min: -EPOCH, max: 4 * EPOCH });
    fc.assert(
      fc.property(far, far, (one, other) => {
        const [early, late] = [Math.min(one, other), Math.max(one, other)];
        expect(lowerBound('msg_', early) <= lowerBound('msg_', late)).toBe(true);
        expect(upperBound('msg_', early) <= upperBound('msg_', late)).toBe(true);
      }),
    );
  });
});

describe('id validation', () => {
  it('refuses another prefix, another length, other characters and a number beyond 20 bytes', () => {
    const body = '3MUaSCBzfLRiKhlXYL9o4qbmts6';
    const texts = [
      `app_${body}`,
      `msg_${body}0`,
      `msg_${body.slice(1)}`,
      `msg_${body.slice(1)}-`,
      `msg_`,
      '',
    ];
    for (const text of [...texts, `msg_${'z'.repeat(27)}`]) expect(isId('msg_', text)).toBe(false);
    expect(idTime(`msg_${'z'.repeat(27)}`)).toBeUndefined();
  });

  it('accepts the largest number of 20 bytes and refuses the next', () => {
    expect(isId('msg_', 'msg_aWgEPTl1tmebfsQzFP4bxwgy80V')).toBe(true);
    expect(isId('msg_', 'msg_aWgEPTl1tmebfsQzFP4bxwgy80W')).toBe(false);
  });

  it('never throws for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const known = isId('msg_', text);
        if (known) expect(idTime(text)).toBeTypeOf('number');
        else expect(isId('msg_', `msg_${text}`)).toBe(idTime(`msg_${text}`) !== undefined);
      }),
    );
  });
});
