import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messageId } from '../../../../functions/platform/ids/brand.domain.ts';
import type { MessageId } from '../../../../functions/platform/ids/brand.domain.ts';
import { makeSweep } from '../../../../functions/deliver/retries/sweep.flow.ts';
import type { SweepQueue } from '../../../../functions/deliver/retries/sweep.flow.ts';
import { NOON, delivery } from '../../../support/simulation/builders.ts';
import { makeMemoryDue } from '../../../support/simulation/due.ts';

/** Compares the sweeper with a simple model: each due item is sent to the queue when it is due, once. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const LONGEST_WAIT_S = 26 * 3_600;

type Overload = 'crash' | 'stall';
type Event =
  | { readonly kind: 'put'; readonly inSeconds: number }
  /** Deliveries that fail at once: their retries may share a row. */
  | { readonly kind: 'fail-together'; readonly inSeconds: readonly number[] }
  | { readonly kind: 'pass'; readonly seconds: number }
  /** Time passes until so many seconds before the next delivery is due. */
  | { readonly kind: 'near'; readonly seconds: number }
  /** `overload` at the nth step; a stalled run continues after the next event, even if another run swept meanwhile. */
  | { readonly kind: 'sweep'; readonly overload: Overload | undefined; readonly nth: number };

const OVERLOADS = ['crash', 'stall'] as const;

const put = fc.record({
  kind: fc.constant('put' as const),
  inSeconds: fc.integer({ min: 900, max: LONGEST_WAIT_S }),
});

const failTogether = fc
  .tuple(
    fc.integer({ min: 900, max: LONGEST_WAIT_S }),
    fc.array(fc.integer({ min: 0, max: 1_200 }), { minLength: 2, maxLength: 25 }),
  )
  .map(([from, spread]) => ({
    kind: 'fail-together' as const,
    inSeconds: spread.map((more) => Math.min(LONGEST_WAIT_S, from + more)),
  }));

const pass = fc.record({
  kind: fc.constant('pass' as const),
  seconds: fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: LONGEST_WAIT_S })),
});

const near = fc.record({
  kind: fc.constant('near' as const),
  seconds: fc.integer({ min: 0, max: 100 }),
});

const sweepWith = (overloads: readonly (Overload | undefined)[], lastStep: number) =>
  fc.record({
    kind: fc.constant('sweep' as const),
    overload: fc.constantFrom(...overloads),
    nth: fc.integer({ min: 1, max: lastStep }),
  });

const one = (event: fc.Arbitrary<Event>): fc.Arbitrary<readonly Event[]> => event.map((only) => [only]);

/** A run that is overloaded while something is due is what repeats come from, and is rare by chance. */
const overloadedWhileDue = fc.tuple(fc.oneof(put, failTogether), near, sweepWith(OVERLOADS, 3));

const events: fc.Arbitrary<readonly Event[]> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: one(put) },
      { weight: 2, arbitrary: one(failTogether) },
      { weight: 2, arbitrary: one(pass) },
      { weight: 3, arbitrary: one(near) },
      { weight: 4, arbitrary: one(sweepWith([undefined, undefined, ...OVERLOADS], 6)) },
      { weight: 6, arbitrary: overloadedWhileDue },
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.flat());

const play = async (history: readonly Event[]) => {
  let time = NOON;
  const now = () => time;
  const due = makeMemoryDue();
  const put = new Map<MessageId, number>();
  const sent: { readonly id: MessageId; readonly from: number }[] = [];
  const stalled: { readonly go: () => void; readonly over: Promise<unknown> }[] = [];
  let overloads = 0;

  const queue: SweepQueue = {
    send: async (some) => {
      for (const { delivery: one, delaySeconds } of some)
        sent.push({ id: one.messageId, from: time + delaySeconds * SECOND });
    },
    sendEach: async (some) => {
      await queue.send(some);
      return some.map(() => ({ status: 'fulfilled', value: undefined }));
    },
    drainTimer: () => Promise.reject(new Error('there are no drain timers')),
    sendUnreadable: () => Promise.reject(new Error('no item is unreadable')),
  };

  const sweep = async (overload?: Overload, nth = 0) => {
    let steps = 0;
    const reached = Promise.withResolvers<undefined>();
    const released = Promise.withResolvers<undefined>();
    const life = { crashed: false };
    const step = async () => {
      if (life.crashed) return new Promise<never>(() => undefined);
      steps += 1;
      if (overload === undefined || steps !== nth) return;
      overloads += 1;
      if (overload === 'crash') {
        life.crashed = true;
        reached.resolve(undefined);
        return new Promise<never>(() => undefined);
      }
      reached.resolve(undefined);
      await released.promise;
    };
    const remainingMs = () => 60_000;
    const over = makeSweep({ store: due, queue, now, remainingMs, step })('sweeper').catch(() => undefined);
    await Promise.race([over, reached.promise]);
    if (!life.crashed) stalled.push({ go: () => released.resolve(undefined), over });
  };
  const resume = async () => {
    for (const { go, over } of stalled.splice(0)) {
      go();
      await over;
    }
  };

  await sweep(); // a stage has swept long before it holds items
  for (const event of history) {
    const waiting = stalled.splice(0);
    switch (event.kind) {
      case 'put': {
        const id = messageId(`msg_${put.size}`);
        const at = time + event.inSeconds * SECOND;
        put.set(id, at);
        await due.put(delivery({ messageId: id }), at, time);
        break;
      }
      case 'fail-together':
        for (const inSeconds of event.inSeconds) {
          const id = messageId(`msg_${put.size}`);
          const at = time + inSeconds * SECOND;
          put.set(id, at);
          await due.putRetry(delivery({ messageId: id }), at, time);
        }
        break;
      case 'pass':
        time += event.seconds * SECOND;
        break;
      case 'near': {
        const next = Math.min(...[...put.values()].filter((at) => at > time));
        if (Number.isFinite(next)) time = Math.max(time, next - event.seconds * SECOND);
        break;
      }
      case 'sweep':
        await sweep(event.overload, event.nth);
    }
    const stalledNow = stalled.splice(0);
    stalled.push(...waiting);
    await resume();
    stalled.push(...stalledNow);
  }
  await resume();
  // After the last lease has expired and everything is due.
  time += (LONGEST_WAIT_S + 120) * SECOND;
  await sweep();
  await resume();
  return { put, sent, overloads, due, time };
};

it('the sweeper sends each due delivery in time, and again only after a crash or a stalled run, whatever the history', async () => {
  const seen = { sent: 0, again: 0 };
  await fc.assert(
    fc.asyncProperty(events, async (history) => {
      const { put, sent, overloads, due, time } = await play(history);
      const times = Map.groupBy(sent, ({ id }) => id);
      expect([...times.keys()].toSorted()).toEqual([...put.keys()].toSorted());
      for (const [id, sends] of times) {
        expect(sends.length).toBeLessThanOrEqual(1 + overloads);
        // SQS delays are whole seconds.
        for (const { from } of sends) expect(from).toBeGreaterThanOrEqual(put.get(id)! - SECOND);
      }
      expect(due.size()).toBe(0);
      expect(due.cursor()! * MINUTE).toBeLessThanOrEqual(time + MINUTE);
      seen.sent += put.size;
      seen.again += sent.length - put.size;
    }),
    { numRuns: 300 },
  );
  // The generated histories include sends and, by tens, repeats.
  expect(seen.sent).toBeGreaterThan(0);
  expect(seen.again).toBeGreaterThan(0);
});
