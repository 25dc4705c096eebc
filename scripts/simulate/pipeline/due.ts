import { SHARDS } from '../../../functions/platform/dynamodb/keys.ts';
import {
  SWEEP_EVERY_SECONDS,
  SWEEP_STOP_MS,
  SWEEP_TIMEOUT_SECONDS,
  SWEPT_AHEAD_MINUTES,
} from '../../../functions/platform/limits/sweep.domain.ts';
import { MINUTE_MS, SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import type { Clock } from '../engine/clock.ts';
import { makeFifo } from '../engine/fair-queue.ts';
import { SWEEP_PAGE } from '../model/measured.ts';
import type { Delivery } from './delivery.ts';

export interface DueUse {
  readonly put: number;
  /** Items of the run of the sweeper with the most of them, and how many a run can send. */
  readonly mostInRun: number;
  readonly capacity: number;
  /** How late the latest item was sent (ms). */
  readonly lateMs: number;
}

export interface DueItems {
  readonly put: (delivery: Delivery, atMs: number) => void;
  readonly size: () => number;
  readonly use: () => DueUse;
}

interface Item {
  readonly delivery: Delivery;
  readonly at: number;
}

/** Due items in buckets of a minute, and the sweeper that sends them to the queue when they come due. */
export const makeDueItems = (
  clock: Clock,
  scale: number,
  send: (delivery: Delivery, delayMs: number) => void,
): DueItems => {
  const buckets = new Map<number, Item[]>();
  const overdue = makeFifo<Item>();
  const perMs = (SHARDS * SWEEP_PAGE.items) / SWEEP_PAGE.ms / scale;
  const capacity = Math.floor(perMs * (SWEEP_TIMEOUT_SECONDS * SECOND_MS - SWEEP_STOP_MS));
  let put = 0;
  let size = 0;
  let mostInRun = 0;
  let lateMs = 0;
  let swept = 0;

  const sweepUp = (nowMs: number) => {
    const last = Math.floor(nowMs / MINUTE_MS) + SWEPT_AHEAD_MINUTES;
    for (let minute = swept; minute <= last; minute += 1) {
      for (const item of buckets.get(minute) ?? []) overdue.push(item);
      buckets.delete(minute);
    }
    swept = last + 1;
  };

  const sweep = () => {
    const nowMs = clock.now();
    clock.at(nowMs + SWEEP_EVERY_SECONDS * SECOND_MS, sweep);
    sweepUp(nowMs);
    mostInRun = Math.max(mostInRun, overdue.length());
    for (let sent = 0; sent < capacity; sent += 1) {
      const item = overdue.shift();
      if (item === undefined) return;
      const sentAfter = sent / perMs;
      const delayMs = Math.max(sentAfter, item.at - nowMs);
      lateMs = Math.max(lateMs, nowMs + delayMs - item.at);
      size -= 1;
      send(item.delivery, delayMs);
    }
  };
  clock.at(SECOND_MS, sweep);

  return {
    put: (delivery, at) => {
      put += 1;
      size += 1;
      const minute = Math.max(Math.floor(at / MINUTE_MS), swept);
      const bucket = buckets.get(minute) ?? [];
      bucket.push({ delivery, at });
      buckets.set(minute, bucket);
    },
    size: () => size,
    use: () => ({ put, mostInRun, capacity, lateMs }),
  };
};
