import type { DeliveryQueue, QueueMessage, QueuedDelivery, DrainTimer } from '../delivery.port.ts';
import { DUPLICATE_DELAY_MS } from '../follow-up.flow.ts';
import type { Step } from '../../platform/steps/steps.ts';
import { SWEEP_LEASE_SECONDS } from '../../platform/limits/sweep.domain.ts';
import { chunksOf } from '../../platform/concurrency/chunks.ts';

const MINUTE_MS = 60_000;
/** Minutes swept ahead of now: writers never put into a minute this near (retries/due-items.dynamo.ts), so it is complete. */
const AHEAD = 1;
/** Minutes behind the cursor that are swept again each time: a writer whose clock is behind by less loses nothing. */
const OVERLAP = 3;
/** Minutes looked back where nothing was ever swept. */
const FIRST_LOOK_BACK = 60;
/** From the last minute that was swept on: longer than a run may take, shorter than the time to the next. */
export const LEASE_MS = SWEEP_LEASE_SECONDS * 1000;
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
  readonly queueMessage: QueueMessage;
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

/** What became of a minute or a part of it. */
type SweptPart = 'whole' | 'in-part' | 'out-of-time';

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

  /** Something may have been sent and still lie in its bucket: the lease is left to run out, as after a crash. */
  let isDoubtful = false;
  /** What the queue refused by itself, or could not be read: it stays, and holds up nothing beside it. */
  const failures: unknown[] = [];

  /** The items that the queue took. */
  const send = async (items: readonly DueItem[], { clean }: SweepLease): Promise<readonly DueItem[]> => {
    const nowMs = deps.now();
    const later = clean ? 0 : DUPLICATE_DELAY_MS;
    const delayOf = ({ at }: DueItem) => secondsUntil(Math.max(at, nowMs) + later, nowMs);
    const deliveries: (readonly [DueItem, QueuedDelivery])[] = [];
    const wakes: (readonly [DueItem, DrainTimer])[] = [];
    for (const item of items) {
      oldest = Math.min(oldest, item.at);
      const { queueMessage } = item;
      if (queueMessage.kind === 'drainTimer') wakes.push([item, queueMessage.drainTimer]);
      else deliveries.push([item, { delivery: queueMessage.delivery, delaySeconds: delayOf(item) }]);
    }
    const woken = await Promise.allSettled(
      wakes.map(([item, drainTimer]) => queue.drainTimer(drainTimer, delayOf(item))),
    );
    const sent = deliveries.length === 0 ? [] : await queue.sendEach(deliveries.map(([, queued]) => queued));
    const all = [...wakes, ...deliveries].map(([item]) => item);
    return all.filter((_, index) => {
      const outcome = [...woken, ...sent][index];
      if (outcome?.status === 'rejected') failures.push(outcome.reason);
      return outcome?.status === 'fulfilled';
    });
  };

  /**
   * Items leave the bucket only after the queue took them: a crash between repeats them, under the same identity.
   * Answers whether all of them left.
   */
  const dispatch = async (items: readonly DueItem[], lease: SweepLease): Promise<boolean> => {
    let whole = true;
    for (const batch of chunksOf(items, BATCH)) {
      const taken = await send(batch, lease);
      await step('sweep.sent');
      if (taken.length > 0) await store.remove(taken);
      await step('sweep.removed');
      whole &&= taken.length === batch.length;
    }
    return whole;
  };

  /** One item that cannot be read must not hold up the minute of everybody else. */
  const setAside = async (unreadable: readonly UnreadableItem[]) => {
    if (unreadable.length === 0) return;
    await queue.sendUnreadable(unreadable.map(({ text }) => text));
    await store.remove(unreadable);
  };

  const sweepShard = async (minute: number, shard: number, lease: SweepLease): Promise<SweptPart> => {
    let after: string | undefined;
    let whole = true;
    do {
      if (!hasTime()) return 'out-of-time';
      const page = await store.due(minute, shard, after);
      const left = await dispatch(page.items, lease);
      whole &&= left;
      await setAside(page.unreadable);
      after = page.next;
    } while (after !== undefined);
    return whole ? 'whole' : 'in-part';
  };

  const sweepMinute = async (minute: number, lease: SweepLease): Promise<SweptPart> => {
    if (!hasTime()) return 'out-of-time';
    const shards = Array.from({ length: store.shards }, (_, shard) => sweepShard(minute, shard, lease));
    const settled = await Promise.allSettled(shards);
    const parts = settled.map((part): SweptPart => {
      if (part.status === 'fulfilled') return part.value;
      failures.push(part.reason);
      isDoubtful = true;
      return 'in-part';
    });
    return (
      parts.find((part) => part === 'out-of-time') ?? parts.find((part) => part === 'in-part') ?? 'whole'
    );
  };

  const sweepFrom = async (lease: SweepLease): Promise<number> => {
    const last = Math.floor(deps.now() / MINUTE_MS) + AHEAD;
    // A cursor ahead of the clock was left by a clock that ran ahead: it goes back, or it would hide what is put now.
    const cursor = Math.min(lease.cursor ?? last - FIRST_LOOK_BACK, last);
    let swept = 0;
    // The cursor stays before a minute that was swept in part, so that it is swept again; those behind it are swept too.
    let moves = true;
    for (let minute = cursor + 1 - OVERLAP; minute <= last; minute += 1) {
      const part = await sweepMinute(minute, lease);
      if (part !== 'whole') oldest = Math.min(oldest, minute * MINUTE_MS); // what is left here is no younger
      if (part === 'out-of-time') break;
      moves &&= part === 'whole';
      swept += 1;
      if (!moves || minute < cursor || minute === lease.cursor) continue; // swept again, nothing to move
      if (!(await store.advance(minute, lease.fence, deps.now()))) return swept;
    }
    if (!isDoubtful) await store.release(lease.fence);
    return swept;
  };

  return async (owner: string): Promise<Swept> => {
    const startedAt = deps.now();
    const lease = await store.acquire(owner, startedAt);
    if (lease === undefined) return { swept: 0, leased: false, lateMs: 0 };
    oldest = startedAt;
    failures.length = 0;
    isDoubtful = false;
    const swept = await sweepFrom(lease);
    const [failure] = failures;
    if (failure !== undefined)
      throw new Error(`${failures.length} due items could not be sent`, { cause: failure });
    return { swept, leased: true, lateMs: Math.max(0, startedAt - oldest) };
  };
};
