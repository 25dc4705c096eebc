import type { Clock } from '../engine/clock.ts';
import { makeFifo } from '../engine/fair-queue.ts';
import type { Random } from '../engine/random.ts';
import type { LambdaFunction } from './lambda.ts';
import { STREAM_POLL_MS } from './measured.ts';

/** How long Lambda waits before it repeats a throttled batch of a stream. */
const THROTTLED_MS = 1_000;

export interface StreamOptions<Item> {
  readonly clock: Clock;
  readonly random: Random;
  readonly lambda: LambdaFunction;
  readonly shards: number;
  /** Batches of one shard at a time. */
  readonly parallelism: number;
  readonly batch: number;
  readonly work: (
    items: readonly Item[],
    nowMs: number,
  ) => { readonly durationMs: number; readonly ended: () => void };
}

export interface Stream<Item> {
  readonly append: (item: Item) => void;
  readonly size: () => number;
  readonly batches: () => number;
}

/** A DynamoDB stream and the event source that feeds a function from it: a poll of each shard four times a second. */
export const makeStream = <Item>(options: StreamOptions<Item>): Stream<Item> => {
  const { clock, random, lambda, batch, parallelism } = options;
  let size = 0;
  let batches = 0;

  const makeShard = () => {
    const phase = random.below(STREAM_POLL_MS);
    const waiting = makeFifo<Item>();
    let running = 0;
    let isScheduled = false;

    const take = (): Item[] => {
      const items: Item[] = [];
      while (items.length < batch) {
        const item = waiting.shift();
        if (item === undefined) break;
        items.push(item);
      }
      return items;
    };

    const invoke = (items: readonly Item[]) => {
      const nowMs = clock.now();
      const coldMs = lambda.start(nowMs);
      if (coldMs === undefined) {
        clock.at(nowMs + THROTTLED_MS, () => invoke(items));
        return;
      }
      const { durationMs, ended } = options.work(items, nowMs + coldMs);
      clock.at(nowMs + coldMs + durationMs, () => {
        lambda.end(clock.now(), coldMs + durationMs);
        ended();
        size -= items.length;
        running -= 1;
        schedule();
      });
    };

    const poll = () => {
      isScheduled = false;
      while (running < parallelism && waiting.length() > 0) {
        running += 1;
        batches += 1;
        invoke(take());
      }
    };

    const schedule = () => {
      if (isScheduled || waiting.length() === 0 || running >= parallelism) return;
      isScheduled = true;
      const polls = Math.floor((clock.now() - phase) / STREAM_POLL_MS) + 1;
      clock.at(phase + polls * STREAM_POLL_MS, poll);
    };

    return {
      append: (item: Item) => {
        waiting.push(item);
        schedule();
      },
    };
  };

  const shards = Array.from({ length: Math.max(1, options.shards) }, makeShard);
  return {
    append: (item) => {
      size += 1;
      shards[random.below(shards.length)]?.append(item);
    },
    size: () => size,
    batches: () => batches,
  };
};
