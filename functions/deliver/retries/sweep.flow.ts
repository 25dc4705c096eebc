import type { DeliveryQueue, Errand, QueuedDelivery } from '../delivery.port.ts';
import { TWIN_DELAY_MS } from '../follow-up.flow.ts';
import type { Step } from '../../platform/steps/steps.ts';
import { settleAll } from '../../platform/settle.domain.ts';

const MINUTE_MS = 60_000;
/** Minutes swept ahead of now: writers never put into a minute this near (store/due.ts), so it is complete. */
const AHEAD = 1;
/** Minutes behind the cursor that are swept again each time: a writer whose clock is behind by less loses nothing. */
const OVERLAP = 3;
/** Minutes looked back where nothing was ever swept. */
const FIRST_LOOK_BACK = 60;
/** A lease outlives the longest run (the function's timeout) and no more. */
export const LEASE_MS = 55_000;
/** The queue's longest delay (seconds); an item is further off only where a clock stepped back under the run. */
const LONGEST_DELAY = 900;
/** Items that leave together: two calls to the queue's ten entries each, one to the table's 25. */
const BATCH = 20;

const secondsUntil = (atMs: number, nowMs: number) =>
  Math.min(LONGEST_DELAY, Math.round((atMs - nowMs) / 1000));

/** The item's own key, opaque here. */
interface Kept {
  readonly key: { readonly pk: string; readonly sk: string };
}

export interface DueItem extends Kept {
  readonly errand: Errand;
  readonly at: number;
}

/** An item that this release cannot read; `text` is what it holds. */
export interface UnreadableItem extends Kept {
  readonly text: string;
}

/** Items of one minute and shard, oldest first; `next` is where the rest of them starts. */
export interface DuePage {
  readonly items: readonly DueItem[];
  readonly unreadable: readonly UnreadableItem[];
  readonly next?: string;
}

/** The right to sweep, with the number that fences off whoever held it before. */
export interface SweepLease {
  readonly fence: number;
  /** The last minute that was swept whole; undefined: never. */
  readonly cursor: number | undefined;
  /** Whoever held it before gave it back; false: it crashed, and what it sent last may still lie in its bucket. */
  readonly clean: boolean;
}

export interface SweepStore {
  acquire(owner: string, nowMs: number): Promise<SweepLease | undefined>;
  due(minute: number, shard: number, after: string | undefined): Promise<DuePage>;
  remove(items: readonly Kept[]): Promise<void>;
  /** False: somebody else holds the lease by now. */
  advance(minute: number, fence: number, nowMs: number): Promise<boolean>;
  release(fence: number): Promise<void>;
  readonly shards: number;
}

/** The delivery queue, which also takes what nobody can read: its dead letter queue has the alarm and the replay. */
export interface SweepQueue extends DeliveryQueue {
  sendUnreadable(texts: readonly string[]): Promise<void>;
}

export interface SweepDeps {
  readonly store: SweepStore;
  readonly queue: SweepQueue;
  readonly now: () => number;
  /** Milliseconds that this run may still take. */
  readonly remainingMs: () => number;
  readonly step: Step;
}

/** What a run did. `lateMs`: how long the oldest item that it met, or left, had been due; up to two minutes is normal. */
export interface Swept {
  /** Minutes. */
  readonly swept: number;
  /** False: somebody else is at it. */
  readonly leased: boolean;
  readonly lateMs: number;
}

/** The run stops here and leaves the rest to the next minute's. */
const STOP_MS = 8_000;

/** Brings what is due onto the delivery queue, from its own cursor on, so that an outage is caught up. */
export const makeSweep = (deps: SweepDeps) => {
  const { store, queue, step } = deps;

  const hasTime = () => deps.remainingMs() > STOP_MS;

  /** The instant of the oldest item that this run met. */
  let oldest = Number.POSITIVE_INFINITY;

  const send = async (items: readonly DueItem[], { clean }: SweepLease) => {
    const nowMs = deps.now();
    const later = clean ? 0 : TWIN_DELAY_MS;
    const deliveries: QueuedDelivery[] = [];
    for (const { errand, at } of items) {
      oldest = Math.min(oldest, at);
      const delaySeconds = secondsUntil(Math.max(at, nowMs) + later, nowMs);
      switch (errand.kind) {
        case 'delivery':
          deliveries.push({ delivery: errand.delivery, delaySeconds });
          break;
        case 'wake':
          await queue.wake(errand.wake, delaySeconds);
          break;
      }
    }
    if (deliveries.length > 0) await queue.send(deliveries);
  };

  /** Items leave the bucket only after the queue took them: a crash between repeats them, under the same identity. */
  const dispatch = async (items: readonly DueItem[], lease: SweepLease) => {
    for (let start = 0; start < items.length; start += BATCH) {
      const batch = items.slice(start, start + BATCH);
      await send(batch, lease);
      await step('sweep.sent');
      await store.remove(batch);
      await step('sweep.removed');
    }
  };

  /** One item that cannot be read must not hold up the minute of everybody else. */
  const setAside = async (unreadable: readonly UnreadableItem[]) => {
    if (unreadable.length === 0) return;
    await queue.sendUnreadable(unreadable.map(({ text }) => text));
    await store.remove(unreadable);
  };

  const sweepShard = async (minute: number, shard: number, lease: SweepLease): Promise<boolean> => {
    let after: string | undefined;
    do {
      if (!hasTime()) return false;
      const page = await store.due(minute, shard, after);
      await dispatch(page.items, lease);
      await setAside(page.unreadable);
      after = page.next;
    } while (after !== undefined);
    return true;
  };

  const sweepMinute = async (minute: number, lease: SweepLease): Promise<boolean> => {
    const shards = Array.from({ length: store.shards }, (_, shard) => sweepShard(minute, shard, lease));
    return (await settleAll(shards)).every(Boolean);
  };

  const sweepFrom = async (lease: SweepLease): Promise<number> => {
    const last = Math.floor(deps.now() / MINUTE_MS) + AHEAD;
    // A cursor ahead of the clock was left by a clock that ran ahead: it goes back, or it would hide what is put now.
    const cursor = Math.min(lease.cursor ?? last - FIRST_LOOK_BACK, last);
    let swept = 0;
    for (let minute = cursor + 1 - OVERLAP; minute <= last; minute += 1) {
      if (!hasTime() || !(await sweepMinute(minute, lease))) {
        oldest = Math.min(oldest, minute * MINUTE_MS); // what is left here is no younger
        break;
      }
      swept += 1;
      if (minute < cursor || minute === lease.cursor) continue; // swept again, nothing to move
      if (!(await store.advance(minute, lease.fence, deps.now()))) return swept;
    }
    await store.release(lease.fence);
    return swept;
  };

  return async (owner: string): Promise<Swept> => {
    const startedAt = deps.now();
    const lease = await store.acquire(owner, startedAt);
    if (lease === undefined) return { swept: 0, leased: false, lateMs: 0 };
    oldest = startedAt;
    const swept = await sweepFrom(lease);
    return { swept, leased: true, lateMs: Math.max(0, startedAt - oldest) };
  };
};
