import type { Clock } from '../engine/clock.ts';
import { makeFairQueue } from '../engine/fair-queue.ts';
import { makeHistogram } from '../engine/histogram.ts';
import type { Histogram } from '../engine/histogram.ts';
import { logNormal } from '../engine/random.ts';
import type { Random } from '../engine/random.ts';
import { makeSeries } from '../engine/series.ts';
import type { Series } from '../engine/series.ts';
import type { LambdaFunction } from './lambda.ts';
import { RECEIVE_MS } from './measured.ts';

/**
 * Lambda's event source for a standard queue starts with 5 concurrent batches and adds 300 a minute, to 1,250 at most. How fast
 * it removes idle ones is not documented; slowly is assumed.
 */
const POLLERS = { start: 5, perMs: 300 / 60_000, fewerPerMs: 30 / 60_000, most: 1_250 };
/** A standard queue has at most this many messages in flight. */
export const MOST_IN_FLIGHT = 120_000;
/** Lambda retries a throttled batch with backoff until its visibility timeout (Lambda Operator Guide, SQS errors). */
const THROTTLED = { firstMs: 1_000, longestMs: 60_000 };
/** How often the pollers of a queue with a backlog are counted again. */
const TICK_MS = 1_000;

export interface EventSourceOptions<Item> {
  readonly clock: Clock;
  readonly random: Random;
  readonly lambda: LambdaFunction;
  readonly scale: number;
  readonly batch: number;
  readonly windowMs: number;
  /** Of the whole stage; a sample gets its share. */
  readonly maximumConcurrency: number;
  readonly visibilityMs: number;
  readonly maxReceives: number;
  /** Of a long poll that finds a message; absent: as measured. */
  readonly receiveMs?: number;
  /** The message group. */
  readonly groupOf: (item: Item) => number;
  /** Starts on a batch; returns how long the invocation takes and calls `ended` of the batch then. */
  readonly work: (items: readonly Item[], nowMs: number) => Batch;
  readonly onDeadLetter: (item: Item) => void;
  readonly intervalMs: number;
  readonly intervals: number;
}

export interface Batch {
  readonly durationMs: number;
  readonly ended: (nowMs: number) => void;
}

export interface EventSourceUse {
  readonly sent: number;
  readonly batches: number;
  readonly received: number;
  /** The most messages that waited, and the longest that one waited after it was visible. */
  readonly deepest: number;
  readonly longestMs: number;
  readonly mostInFlight: number;
  /** Milliseconds in which all pollers were busy and messages waited, and when that was first so. */
  readonly fullMs: number;
  readonly fullFrom: number | undefined;
  readonly peakConcurrency: number;
}

export interface EventSource<Item> {
  readonly send: (item: Item, delayMs?: number) => void;
  readonly waiting: () => number;
  /** Delayed messages, waiting ones and those in flight. */
  readonly size: () => number;
  readonly use: () => EventSourceUse;
  readonly waits: Histogram;
  readonly depth: Series;
  readonly age: Series;
}

interface Entry<Item> {
  readonly item: Item;
  visibleAt: number;
  receives: number;
}

/** A standard SQS queue, fair between groups, and the event source that feeds a function from it. */
export const makeEventSource = <Item>(options: EventSourceOptions<Item>): EventSource<Item> => {
  const { clock, random, lambda, scale, batch, windowMs, groupOf, intervalMs, intervals } = options;
  const most = Math.max(1, Math.min(options.maximumConcurrency, POLLERS.most) / scale);
  const start = Math.min(most, Math.max(1, POLLERS.start / scale));
  const queue = makeFairQueue<Entry<Item>>(scale);
  const waits = makeHistogram();
  const depth = makeSeries(intervalMs, intervals);
  const age = makeSeries(intervalMs, intervals);
  let allowed = start;
  let grownAt = 0;
  let running = 0;
  let size = 0;
  let pollAt: number | undefined;
  let fullSince: number | undefined;
  let fullFrom: number | undefined;
  let fullMs = 0;
  let sent = 0;
  let batches = 0;
  let received = 0;
  let deepest = 0;
  let mostInFlight = 0;
  let peak = 0;

  const isFull = () => running >= Math.floor(most) && queue.waiting() > 0;

  const countFull = (nowMs: number) => {
    if (fullSince !== undefined) fullMs += nowMs - fullSince;
    fullSince = isFull() ? nowMs : undefined;
    if (fullSince !== undefined) fullFrom ??= nowMs;
  };

  /** More pollers while all are busy and messages wait; fewer, down to the start, while none is needed. */
  const scalePollers = (nowMs: number) => {
    const passed = nowMs - grownAt;
    grownAt = nowMs;
    if (queue.waiting() > 0 && running >= Math.floor(allowed))
      allowed = Math.min(most, allowed + (passed * POLLERS.perMs) / scale);
    else if (queue.waiting() === 0 && running < allowed / 2)
      allowed = Math.max(start, running, allowed - (passed * POLLERS.fewerPerMs) / scale);
  };

  const add = (entry: Entry<Item>) => {
    entry.visibleAt = clock.now();
    queue.add(groupOf(entry.item), entry);
    const waiting = queue.waiting();
    if (waiting > deepest) deepest = waiting;
    depth.raise(entry.visibleAt, waiting * scale);
    schedulePoll(windowMs > 0 && waiting < batch ? windowMs : 0);
  };

  const settle = (entries: readonly Entry<Item>[]) => {
    for (const { item } of entries) queue.settle(groupOf(item));
  };

  /** The batch was never worked on: its messages are visible again. */
  const giveBack = (entries: readonly Entry<Item>[]) => {
    settle(entries);
    running -= 1;
    for (const entry of entries) {
      if (entry.receives < options.maxReceives) add(entry);
      else {
        size -= 1;
        options.onDeadLetter(entry.item);
      }
    }
    schedulePoll(0);
  };

  const finish = (entries: readonly Entry<Item>[], work: Batch, durationMs: number) => {
    const nowMs = clock.now();
    lambda.end(nowMs, durationMs);
    work.ended(nowMs);
    settle(entries);
    size -= entries.length;
    running -= 1;
    countFull(nowMs);
    schedulePoll(0);
  };

  const invoke = (entries: readonly Entry<Item>[], receivedAt: number, backoffMs: number) => {
    const nowMs = clock.now();
    const coldMs = lambda.start(nowMs);
    if (coldMs !== undefined) {
      const items = entries.map(({ item }) => item);
      const work = options.work(items, nowMs + coldMs);
      const durationMs = coldMs + work.durationMs;
      clock.at(nowMs + durationMs, () => finish(entries, work, durationMs));
      return;
    }
    allowed = Math.max(start, allowed / 2);
    const visibleAt = receivedAt + options.visibilityMs;
    if (nowMs + backoffMs >= visibleAt) clock.at(visibleAt, () => giveBack(entries));
    else {
      const next = Math.min(2 * backoffMs, THROTTLED.longestMs);
      clock.at(nowMs + backoffMs, () => invoke(entries, receivedAt, next));
    }
  };

  const receive = (nowMs: number) => {
    const entries: Entry<Item>[] = [];
    while (entries.length < batch) {
      const entry = queue.take();
      if (entry === undefined) break;
      entry.receives += 1;
      const waited = nowMs - entry.visibleAt;
      waits.add(waited);
      age.raise(nowMs, waited);
      entries.push(entry);
    }
    running += 1;
    peak = Math.max(peak, running);
    batches += 1;
    received += entries.length;
    mostInFlight = Math.max(mostInFlight, queue.inFlight());
    const receiveMs = options.receiveMs ?? logNormal(random, RECEIVE_MS.p50, RECEIVE_MS.p95);
    clock.at(nowMs + receiveMs, () => invoke(entries, nowMs, THROTTLED.firstMs));
  };

  const poll = () => {
    const nowMs = clock.now();
    pollAt = undefined;
    scalePollers(nowMs);
    while (
      queue.waiting() > 0 &&
      running < Math.max(1, Math.floor(allowed)) &&
      queue.inFlight() + batch <= MOST_IN_FLIGHT / scale
    )
      receive(nowMs);
    countFull(nowMs);
    if (queue.waiting() > 0) schedulePoll(TICK_MS);
  };

  const schedulePoll = (delayMs: number) => {
    const at = clock.now() + delayMs;
    if (pollAt !== undefined && pollAt <= at) return;
    pollAt = at;
    clock.at(at, () => {
      if (pollAt === at) poll();
    });
  };

  return {
    send: (item, delayMs = 0) => {
      sent += 1;
      size += 1;
      const entry: Entry<Item> = { item, visibleAt: 0, receives: 0 };
      if (delayMs <= 0) add(entry);
      else clock.at(clock.now() + delayMs, () => add(entry));
    },
    waiting: queue.waiting,
    size: () => size,
    use: () => {
      countFull(clock.now());
      return {
        ...{ sent, batches, received, deepest, mostInFlight, fullMs, fullFrom },
        longestMs: waits.max(),
        peakConcurrency: peak,
      };
    },
    ...{ waits, depth, age },
  };
};
