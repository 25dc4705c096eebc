import type { DeliveryQueue, QueueMessage, QueuedDelivery, DrainTimer } from '../delivery.port.ts';
import type { Step } from '../../platform/steps/steps.ts';
import { DUPLICATE_DELAY_MS } from '../../platform/limits/delivery.domain.ts';
import { LONGEST_QUEUE_DELAY_SECONDS } from '../../platform/limits/queues.domain.ts';
import {
  SWEEP_LEASE_SECONDS,
  SWEEP_STOP_MS,
  SWEPT_AHEAD_MINUTES,
} from '../../platform/limits/sweep.domain.ts';
import { MINUTE_MS } from '../../platform/limits/time.domain.ts';

/** Minutes before the cursor that are swept again each time, for writers whose clock is behind. */
const OVERLAP = 3;
/** Minutes to look back on the first run. */
const FIRST_LOOK_BACK = 60;
/** Renewed with each minute swept: longer than a run may take, shorter than the time to the next run. */
export const LEASE_MS = SWEEP_LEASE_SECONDS * 1000;
/** Items dispatched together: two calls of ten to the queue, one of at most 25 to the table. */
const BATCH = 20;

/** The items of one row, which is removed once all of them were sent. */
type DueRow = readonly DueItem[];

/** Whole rows, of about BATCH items together. */
const batchesOf = (items: readonly DueItem[]): readonly (readonly DueRow[])[] => {
  const batches: DueRow[][] = [];
  let open = Number.POSITIVE_INFINITY;
  for (const row of Map.groupBy(items, ({ key }) => `${key.pk} ${key.sk}`).values()) {
    if (open + row.length > BATCH) {
      batches.push([]);
      open = 0;
    }
    batches.at(-1)?.push(row);
    open += row.length;
  }
  return batches;
};

/** An item is further off than SQS's longest delay only if the clock was set back during the run. */
const secondsUntil = (atMs: number, nowMs: number) =>
  Math.min(LONGEST_QUEUE_DELAY_SECONDS, Math.round((atMs - nowMs) / 1000));

/** The item's own key, opaque here. */
interface Keyed {
  readonly key: { readonly pk: string; readonly sk: string };
}

/** Retries that wait in one row have its key in common. */
export interface DueItem extends Keyed {
  readonly queueMessage: QueueMessage;
  readonly at: number;
}

/** An item that this version of the code cannot parse, as text. */
export interface UnreadableItem extends Keyed {
  readonly text: string;
}

/** A page of one minute and shard, whole rows, oldest first; `next`: where the next page starts. */
export interface DuePage {
  readonly items: readonly DueItem[];
  readonly unreadable: readonly UnreadableItem[];
  readonly next?: string;
}

/** The lease of the one sweeper, with its fencing token. */
export interface SweepLease {
  readonly fence: number;
  /** The last minute that was swept completely; undefined: none yet. */
  readonly cursor: number | undefined;
  /** Whether the previous sweeper released the lease; false: it crashed, and items that it sent may still be stored. */
  readonly clean: boolean;
}

export interface SweepStore {
  acquire(owner: string, nowMs: number): Promise<SweepLease | undefined>;
  due(minute: number, shard: number, after: string | undefined): Promise<DuePage>;
  remove(items: readonly Keyed[]): Promise<void>;
  /** Puts items of a row again, each in a row of its own and in a bucket that is not swept yet. */
  putAlone(items: readonly DueItem[], nowMs: number): Promise<void>;
  /** False: another sweeper has taken over the lease. */
  advance(minute: number, fence: number, nowMs: number): Promise<boolean>;
  release(fence: number): Promise<void>;
  readonly shards: number;
}

/** The delivery queue, which also takes unreadable items: its worker dead-letters them, with alarm and replay. */
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

/** How completely a minute, or one shard of it, was swept. */
type SweptPart = 'whole' | 'in-part' | 'out-of-time';

/** What a run did. `lateMs`: how long the oldest item that it found had been due; up to two minutes is normal. */
export interface Swept {
  /** Minutes. */
  readonly swept: number;
  /** False: another sweeper holds the lease. */
  readonly leased: boolean;
  readonly lateMs: number;
}

/** Sends due items to the delivery queue, from a stored cursor on, so that it catches up after an outage. */
export const makeSweep = (deps: SweepDeps) => {
  const { store, queue, step } = deps;

  const hasTime = () => deps.remainingMs() > SWEEP_STOP_MS;

  /** The instant of the oldest item that this run found. */
  let oldest = Number.POSITIVE_INFINITY;

  /** Items may have been sent and not removed: the lease is not released but expires, as after a crash. */
  let isDoubtful = false;
  /** Errors of items that stay in their bucket. They block no other item. */
  const failures: unknown[] = [];

  /** Sends items to the queue; returns those that it accepted. */
  const send = async (items: readonly DueItem[], { clean }: SweepLease): Promise<readonly DueItem[]> => {
    const nowMs = deps.now();
    const later = clean ? 0 : DUPLICATE_DELAY_MS;
    const delayOf = ({ at }: DueItem) => secondsUntil(Math.max(at, nowMs) + later, nowMs);
    const deliveries: (readonly [DueItem, QueuedDelivery])[] = [];
    const timers: (readonly [DueItem, DrainTimer])[] = [];
    for (const item of items) {
      oldest = Math.min(oldest, item.at);
      const { queueMessage } = item;
      if (queueMessage.kind === 'drainTimer') timers.push([item, queueMessage.drainTimer]);
      else deliveries.push([item, { delivery: queueMessage.delivery, delaySeconds: delayOf(item) }]);
    }
    const timersSent = await Promise.allSettled(
      timers.map(([item, drainTimer]) => queue.drainTimer(drainTimer, delayOf(item))),
    );
    const sent = deliveries.length === 0 ? [] : await queue.sendEach(deliveries.map(([, queued]) => queued));
    const all = [...timers, ...deliveries].map(([item]) => item);
    return all.filter((_, index) => {
      const outcome = [...timersSent, ...sent][index];
      if (outcome?.status === 'rejected') failures.push(outcome.reason);
      return outcome?.status === 'fulfilled';
    });
  };

  /** The items of a row that the queue refused beside others get rows of their own, so that those are not sent again. */
  const separate = async (row: DueRow, accepted: ReadonlySet<DueItem>): Promise<void> => {
    await store.putAlone(
      row.filter((item) => !accepted.has(item)),
      deps.now(),
    );
    await step('sweep.separated');
  };

  /**
   * Removes a row only after the queue accepted its items: after a crash in between they are sent again, under the same
   * identity. Returns whether no row is left.
   */
  const dispatch = async (items: readonly DueItem[], lease: SweepLease): Promise<boolean> => {
    let whole = true;
    for (const rows of batchesOf(items)) {
      const accepted = new Set(await send(rows.flat(), lease));
      await step('sweep.sent');
      const sent = rows.filter((row) => row.some((item) => accepted.has(item)));
      for (const row of sent) if (!row.every((item) => accepted.has(item))) await separate(row, accepted);
      if (sent.length > 0) await store.remove(sent.flatMap((row) => row.slice(0, 1)));
      await step('sweep.removed');
      whole &&= sent.length === rows.length;
    }
    return whole;
  };

  /** An unreadable item must not block the others of its minute. */
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
    const last = Math.floor(deps.now() / MINUTE_MS) + SWEPT_AHEAD_MINUTES;
    // A clock that ran ahead left a cursor ahead of now. Move it back, or items put now would never be swept.
    const cursor = Math.min(lease.cursor ?? last - FIRST_LOOK_BACK, last);
    let swept = 0;
    // The cursor stops before a minute that was swept in part, which is swept again. Later minutes are swept all the same.
    let moves = true;
    for (let minute = cursor + 1 - OVERLAP; minute <= last; minute += 1) {
      const part = await sweepMinute(minute, lease);
      if (part !== 'whole') oldest = Math.min(oldest, minute * MINUTE_MS); // the items left here are at least as old
      if (part === 'out-of-time') break;
      moves &&= part === 'whole';
      swept += 1;
      if (!moves || minute < cursor || minute === lease.cursor) continue; // swept before: the cursor stays
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
