import { LONGEST_QUEUE_DELAY_SECONDS } from '../../../functions/platform/limits/queues.domain.ts';
import type { VirtualClock } from './clock.ts';
import { fairOrder, plainOrder } from './queue-order.ts';
import type { Random } from './random.ts';

/** One receive of a queue message. */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  /** The receive count, this receive included. */
  readonly receives: number;
}

export interface QueueOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** The visibility timeout. */
  readonly visibilityMs: number;
  readonly maxReceives: number;
  /** Starts on a record after which its worker dead-letters it; absent: SQS does so, by receives. */
  readonly maxStarts?: number;
  /** Messages are received in any order. */
  readonly shuffled?: boolean;
  /** SQS fair queues (queue-order.ts); otherwise the oldest message is received first. */
  readonly fair?: boolean;
  /** The share of acknowledged messages that are received once more (and never twice more), as a standard queue may. */
  readonly repeated?: number;
}

export interface Queue {
  readonly send: (body: string, delaySeconds?: number, group?: string) => void;
  readonly receive: (most: number) => readonly QueueRecord[];
  /** A worker starts on received records: returns those that it works on, after it dead-lettered the others. */
  readonly start: (records: readonly QueueRecord[]) => readonly QueueRecord[];
  readonly acknowledge: (messageId: string) => void;
  readonly onVisible: (listener: () => void) => void;
  /** Messages that were ever sent. */
  readonly sent: () => number;
  /** Messages that are neither acknowledged nor dead-lettered, delayed and invisible ones included. */
  readonly size: () => number;
  readonly deadLetters: readonly string[];
  /** Sends the dead-lettered messages again, as new messages. */
  readonly redrive: () => void;
}

interface Held {
  readonly messageId: string;
  readonly body: string;
  readonly group: string;
  inFlight: boolean;
  receives: number;
  /** Starts from the second receive on, as workers count them (functions/platform/lambda/poison-records.ts). */
  starts: number;
  acknowledged: boolean;
  repeated: boolean;
}

/** A standard queue: delays, visibility timeouts, receive counts, a dead-letter queue, at-least-once delivery. */
export const makeQueue = ({ clock, random, ...options }: QueueOptions): Queue => {
  const held = new Map<string, Held>();
  const dead: Held[] = [];
  const order =
    options.fair === true ? fairOrder<Held>() : plainOrder<Held>(random, options.shuffled ?? false);
  let listener: () => void = () => undefined;
  let sent = 0;

  const settle = (one: Held) => {
    if (one.inFlight) order.settle(one);
    one.inFlight = false;
  };

  const makeVisible = (one: Held) => {
    if (one.acknowledged) return;
    settle(one);
    order.add(one);
    listener();
  };

  const receiveOne = (one: Held): QueueRecord[] => {
    one.inFlight = true;
    one.receives += 1;
    if (one.acknowledged || one.receives > options.maxReceives) {
      settle(one);
      if (!one.acknowledged) dead.push(one);
      held.delete(one.messageId);
      return [];
    }
    clock.at(clock.now() + options.visibilityMs, () => makeVisible(one));
    return [{ messageId: one.messageId, body: one.body, receives: one.receives }];
  };

  const send = (body: string, delaySeconds = 0, group = '') => {
    if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > LONGEST_QUEUE_DELAY_SECONDS) {
      throw new Error(`SQS would refuse a delay of ${delaySeconds} s`);
    }
    const one: Held = {
      messageId: `sqs-${(sent += 1)}`,
      body,
      group,
      inFlight: false,
      receives: 0,
      starts: 0,
      acknowledged: false,
      repeated: false,
    };
    held.set(one.messageId, one);
    clock.at(clock.now() + delaySeconds * 1000, () => makeVisible(one));
  };

  return {
    send,
    receive: (most) => {
      for (;;) {
        const taken = order.take(most);
        const records = taken.flatMap(receiveOne);
        // All that were taken may have been dead-lettered just now, while others still wait.
        if (records.length > 0 || taken.length === 0) return records;
      }
    },
    start: (records) =>
      records.filter(({ messageId, receives }) => {
        const one = held.get(messageId);
        if (one === undefined || receives <= 1) return true;
        one.starts += 1;
        if (one.starts < (options.maxStarts ?? Number.POSITIVE_INFINITY)) return true;
        settle(one);
        one.acknowledged = true;
        dead.push(one);
        held.delete(messageId);
        return false;
      }),
    acknowledge: (messageId) => {
      const one = held.get(messageId);
      if (one === undefined) return;
      if (!one.repeated && random.chance(options.repeated ?? 0)) {
        one.repeated = true; // its visibility timeout ends, and it is received again
        return;
      }
      one.acknowledged = true;
      settle(one);
      held.delete(messageId);
    },
    onVisible: (next) => (listener = next),
    sent: () => sent,
    size: () => held.size,
    get deadLetters() {
      return dead.map(({ body }) => body);
    },
    redrive: () => dead.splice(0).forEach(({ body, group }) => send(body, 0, group)),
  };
};

export interface ConsumerOptions {
  readonly clock: VirtualClock;
  readonly queue: Queue;
  readonly batch: number;
  readonly concurrency: number;
  /** Whether an invocation at an instant (ms) is throttled: its batch stays received until its visibility timeout. */
  readonly throttled?: (atMs: number) => boolean;
  /** Processes a batch and returns the ids of the records that failed (partial batch failure). */
  readonly work: (records: readonly QueueRecord[]) => Promise<ReadonlySet<string>>;
}

/** An event source mapping of a queue. */
export const consumeQueue = (options: ConsumerOptions): void => {
  const { clock, queue, batch, concurrency, work, throttled = () => false } = options;
  let running = 0;
  let polling = false;

  const poll = () => {
    polling = false;
    while (running < concurrency) {
      const records = queue.receive(batch);
      if (records.length === 0) return;
      if (throttled(clock.now())) continue;
      running += 1;
      clock.at(clock.now(), async () => {
        const started = queue.start(records);
        const failed = started.length === 0 ? new Set<string>() : await work(started);
        for (const { messageId } of records) if (!failed.has(messageId)) queue.acknowledge(messageId);
        running -= 1;
        startPolling();
      });
    }
  };
  const startPolling = () => {
    if (polling) return;
    polling = true;
    clock.at(clock.now(), poll);
  };
  queue.onVisible(startPolling);
};
