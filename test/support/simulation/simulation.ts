import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { Message } from '../../../functions/messages/message.domain.ts';
import type { OrganizationSettings } from '../../../functions/catalog/settings/settings.domain.ts';
import type { AppId, EndpointId } from '../../../functions/platform/ids/brand.domain.ts';
import type { Delivery, EndpointKey } from '../../../functions/deliver/delivery.port.ts';
import type { PublishOutcome, PublishRequest } from '../../../functions/publish/messages.port.ts';
import { formatDelivery, formatDrainTimer } from '../../../functions/deliver/queue/queue-message.ts';
import { formatFanOutPage } from '../../../functions/fan-out/wide-queue.sqs.ts';
import { makeMemoryLog, makeMemoryReader } from './attempt-log.ts';
import { NOON, SETTINGS } from './builders.ts';
import {
  BULK_LANE,
  DELIVERY_TIMEOUT_SECONDS,
  FAN_OUT_PAGES,
  FAST_LANE,
  SLOW_LANE,
} from '../../../functions/platform/limits/delivery.domain.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../../functions/platform/limits/function-timeouts.domain.ts';
import {
  MOST_RECEIVES,
  STARTS,
  visibilitySeconds,
} from '../../../functions/platform/limits/queues.domain.ts';
import { STREAM_BATCH } from '../../../functions/platform/limits/streams.domain.ts';
import { SWEEP_EVERY_SECONDS } from '../../../functions/platform/limits/sweep.domain.ts';
import { MINUTE_MS, SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import { makeClock } from './clock.ts';
import { makeEnvironments } from './environments.ts';
import { makeMemoryCrowding } from './crowding.ts';
import { makeMemoryDue } from './due.ts';
import { makeVolumes } from '../../../functions/deliver/lanes/route-by-volume.flow.ts';
import type { Volumes } from '../../../functions/deliver/lanes/route-by-volume.flow.ts';
import { SHARDS, shardOf } from '../../../functions/platform/dynamodb/keys.ts';
import { makeFannedOut } from './fanned-out.ts';
import { makeFunctions } from './functions.ts';
import type { Parts } from './functions.ts';
import { makeMemoryMessages } from './messages.ts';
import { makeLambda } from './process.ts';
import type { Faults, Process } from './process.ts';
import { consumeQueue, makeQueue } from './queue.ts';
import type { Queue, QueueRecord } from './queue.ts';
import { makeRandom } from './random.ts';
import { makeReceivers } from './receivers.ts';
import { withRowFaults } from './row-faults.ts';
import type { RowFault } from './row-faults.ts';
import { makeSendLedger } from './send-ledger.ts';
import { makeStream } from './stream.ts';
import { makeMemoryTenants } from './tenants.ts';
import { makeMemoryHealth, makeMemoryParking, makeMemoryThrottle } from './endpoint-health.ts';
import { makeMemoryViews } from './views.ts';

/** A stage on AWS with its default options. */
const TIMEOUT_SECONDS = {
  ...FUNCTION_TIMEOUT_SECONDS,
  deliver: DELIVERY_TIMEOUT_SECONDS.byDefault,
};

const timeoutMs = (worker: keyof typeof TIMEOUT_SECONDS) => TIMEOUT_SECONDS[worker] * SECOND_MS;

/** DynamoDB's replicas are usually milliseconds behind, and below a second. */
const READ_LAG_MS = 1_000;

export interface SimulationOptions {
  readonly seed?: number;
  readonly startMs?: number;
  readonly settings?: Partial<OrganizationSettings>;
  readonly faults?: Faults;
  /** Queue records arrive in any order. */
  readonly shuffled?: boolean;
  /** The share of acknowledged queue records that arrive once more. */
  readonly repeated?: number;
  /** Every stream batch is read twice. */
  readonly streamsTwice?: boolean;
  readonly streamBatch?: number;
  /** Fan-out functions that read the Messages stream at a time. */
  readonly fanOutReaders?: number;
  readonly deliverBatch?: number;
  readonly slowBatch?: number;
  /** Faults of the rows of one tenant, endpoint or message. */
  readonly rowFault?: RowFault;
  /** Deliveries that need a row which deliver cannot parse. */
  readonly unreadable?: (delivery: Delivery) => boolean;
  /** Applications and endpoints whose rows cannot be parsed, now. */
  readonly unreadableRow?: (id: AppId | EndpointId) => boolean;
  readonly deliverConcurrency?: number;
  readonly bulkConcurrency?: number;
  readonly slowConcurrency?: number;
  /** What a new process knows of the volumes of applications; absent: nothing. */
  readonly volumes?: () => Volumes;
  /** The queues are fair between applications, as SQS's are; otherwise first come, first served. */
  readonly fair?: boolean;
  /** Whether the account has no concurrency left at an instant (ms), so that invocations for queues are throttled. */
  readonly throttled?: (atMs: number) => boolean;
  /** Sweepers that start at the same instant. */
  readonly sweepers?: number;
}

/** A number for the partition of an application's messages, which decides who reads them. */
const streamKey = (appId: AppId, shard: number) =>
  SHARDS * shardOf(`${appId}#${shard}`) + shardOf(`${shard}#${appId}`);

/** The delivery queue over records in memory. */
export const makeDeliveryQueue = (queue: Queue): Parts['queue'] => ({
  send: async (some) => {
    for (const { delivery, delaySeconds } of some)
      queue.send(formatDelivery(delivery), delaySeconds, delivery.appId);
  },
  sendEach: (some) =>
    Promise.allSettled(
      some.map(async ({ delivery, delaySeconds }) =>
        queue.send(formatDelivery(delivery), delaySeconds, delivery.appId),
      ),
    ),
  drainTimer: async (drainTimer, delaySeconds) =>
    queue.send(formatDrainTimer(drainTimer), delaySeconds, drainTimer.appId),
  sendUnreadable: async (texts) => texts.forEach((text) => queue.send(text)),
});

const makeWideQueue = (queue: Queue): Parts['wide'] => ({
  send: async (pages) => pages.forEach((page) => queue.send(formatFanOutPage(page))),
});

/** The whole message lifecycle, from publish to read models, in one process and in virtual time. */
export const makeSimulation = (options: SimulationOptions = {}) => {
  const startMs = options.startMs ?? NOON;
  const random = makeRandom(options.seed ?? 1);
  const clock = makeClock(startMs);
  const leftRunning: string[] = [];
  const invoke = makeLambda(clock, {
    onLeftRunning: (kind, places) => void leftRunning.push(`${kind} left ${places.join(', ')} running`),
    ...options.faults,
  });

  const queueOf = (worker: keyof typeof TIMEOUT_SECONDS, maxStarts: number = STARTS.delivery) =>
    makeQueue({
      ...{ clock, random, maxReceives: MOST_RECEIVES, maxStarts },
      visibilityMs: visibilitySeconds(TIMEOUT_SECONDS[worker]) * SECOND_MS,
      ...{
        shuffled: options.shuffled ?? false,
        repeated: options.repeated ?? 0,
        fair: options.fair ?? false,
      },
    });
  const deliveries = queueOf('deliver');
  const bulkDeliveries = queueOf('deliver');
  const slowDeliveries = queueOf('deliver');
  const fanOutPages = queueOf('fanOut', STARTS.fanOutWide);
  const accepted = makeStream<Message>(clock, ({ appId, id }) => streamKey(appId, shardOf(id)));
  const recorded = makeStream<Attempt>(clock, ({ messageId }) => shardOf(messageId));

  const tenants = makeMemoryTenants({ ...SETTINGS, ...options.settings }, options.unreadableRow);
  const messages = makeMemoryMessages(accepted.append);
  const log = makeMemoryLog(recorded.append);
  const views = makeMemoryViews();
  const due = makeMemoryDue();
  const receivers = makeReceivers(clock);
  const ledger = makeSendLedger();
  const health = makeMemoryHealth(clock.now);
  // Deliveries read health with eventual consistency: every such read misses the writes of the last second.
  const staleHealth = {
    read: (endpoint: EndpointKey) => health.readAsOf(endpoint, clock.now() - READ_LAG_MS),
  };
  const crowding = makeMemoryCrowding(clock.now);
  const concurrency = {
    fast: options.deliverConcurrency ?? FAST_LANE.concurrency,
    bulk: options.bulkConcurrency ?? BULK_LANE.concurrency,
    slow: options.slowConcurrency ?? SLOW_LANE.concurrency,
  };
  const parking = makeMemoryParking();
  const throttle = makeMemoryThrottle();
  const whole: Parts = {
    ...{ random, tenants, messages, log, views, due, receivers, ledger, health, parking },
    ...{ throttle, crowding, concurrency },
    reader: makeMemoryReader({
      ...{ tenants, messages, log, health: staleHealth, unreadable: options.unreadable },
      crowding: () => crowding.readAsOf(clock.now() - READ_LAG_MS),
    }),
    queue: makeDeliveryQueue(deliveries),
    bulkQueue: makeDeliveryQueue(bulkDeliveries),
    slowQueue: makeDeliveryQueue(slowDeliveries),
    wide: makeWideQueue(fanOutPages),
    fannedOut: makeFannedOut(),
  };
  const parts = options.rowFault === undefined ? whole : withRowFaults(whole, options.rowFault, clock);

  const startVolumes = options.volumes ?? makeVolumes;
  const functionsOf = (process: Process, volumes = startVolumes()) => makeFunctions(parts, process, volumes);

  const all = (records: readonly QueueRecord[]) => new Set(records.map(({ messageId }) => messageId));
  const reading = { batch: options.streamBatch ?? STREAM_BATCH, twice: options.streamsTwice ?? false };
  const environments = makeEnvironments(startVolumes);
  accepted.readBy({
    ...reading,
    readers: options.fanOutReaders ?? 1,
    work: async (some) => {
      const ended = await environments.run((volumes) =>
        invoke('fan-out', timeoutMs('fanOut'), (process) =>
          functionsOf(process, volumes).fanOut().messages(some),
        ),
      );
      return ended.kind === 'done';
    },
  });
  recorded.readBy({
    ...reading,
    work: async (some) => {
      const ended = await invoke('project', timeoutMs('project'), async (process) => {
        await functionsOf(process).project()(some);
        await process.step('project.done');
      });
      return ended.kind === 'done';
    },
  });
  const { throttled = () => false } = options;
  consumeQueue({
    ...{ clock, queue: deliveries, throttled },
    batch: options.deliverBatch ?? FAST_LANE.batch,
    concurrency: concurrency.fast,
    work: async (records) => {
      const ended = await invoke('deliver', timeoutMs('deliver'), (process) =>
        functionsOf(process).workOnDeliveries(records),
      );
      return ended.kind === 'done' ? ended.value : all(records);
    },
  });
  consumeQueue({
    ...{ clock, throttled, queue: bulkDeliveries },
    concurrency: concurrency.bulk,
    batch: options.deliverBatch ?? BULK_LANE.batch,
    work: async (records) => {
      const ended = await invoke('deliver-bulk', timeoutMs('deliver'), (process) =>
        functionsOf(process).workOnDeliveries(records, 'bulk'),
      );
      return ended.kind === 'done' ? ended.value : all(records);
    },
  });
  consumeQueue({
    ...{
      clock,
      throttled,
      queue: slowDeliveries,
      concurrency: concurrency.slow,
    },
    batch: options.slowBatch ?? SLOW_LANE.batch,
    work: async (records) => {
      const ended = await invoke('deliver-slow', timeoutMs('deliver'), (process) =>
        functionsOf(process).workOnDeliveries(records, 'slow'),
      );
      return ended.kind === 'done' ? ended.value : all(records);
    },
  });
  consumeQueue({
    ...{ clock, throttled, queue: fanOutPages, ...FAN_OUT_PAGES },
    work: async (records) => {
      const ended = await invoke('fan-out-wide', timeoutMs('fanOut'), (process) =>
        functionsOf(process).workOnFanOutPages(records),
      );
      return ended.kind === 'done' ? ended.value : all(records);
    },
  });

  const sweep = () => invoke('sweep', timeoutMs('sweep'), (process) => functionsOf(process).sweep());
  const sweepEachMinute = (atMs: number) => {
    clock.at(atMs, () => {
      sweepEachMinute(atMs + SWEEP_EVERY_SECONDS * SECOND_MS);
      for (let sweeper = 0; sweeper < (options.sweepers ?? 1); sweeper += 1) void sweep();
    });
  };
  sweepEachMinute(startMs + 1000);

  const publishOnce = (request: PublishRequest) =>
    invoke('publish', timeoutMs('api'), (process) => functionsOf(process).publish()(request));

  const dead = [deliveries, bulkDeliveries, slowDeliveries, fanOutPages];

  /** Counts of what is under way; the simulation is at rest once all are 0. */
  const underWay = () => ({
    streams: accepted.backlog() + recorded.backlog(),
    queues: deliveries.size() + bulkDeliveries.size() + slowDeliveries.size() + fanOutPages.size(),
    due: due.size(),
    parked: parking.size(),
  });

  return {
    ...{
      clock,
      random,
      tenants,
      messages,
      log,
      views,
      due,
      receivers,
      ledger,
      deliveries,
      bulkDeliveries,
      slowDeliveries,
      health,
      crowding,
      parking,
      throttle,
      fanOutPages,
      underWay,
      sweep,
      leftRunning,
    },
    fannedOut: parts.fannedOut.all,
    /** Dead-lettered messages of all queues. */
    deadLetters: () => dead.flatMap((queue) => queue.deadLetters),
    /** Replays them. */
    redrive: () => dead.forEach((queue) => queue.redrive()),
    publishOnce,
    /** Publishes as a client that repeats its request with the same idempotency key until it has an answer. */
    publish: async (request: PublishRequest): Promise<PublishOutcome> => {
      for (;;) {
        const ended = await publishOnce(request);
        if (ended.kind === 'done') return ended.value;
        await clock.sleep(1000);
      }
    },
    /** Runs until nothing is under way; at the limit of virtual time it throws with what still is. */
    runToRest: async (limitMs: number): Promise<void> => {
      const limit = clock.now() + limitMs;
      do {
        await clock.runUntil(clock.now() + MINUTE_MS);
        if (Object.values(underWay()).every((count) => count === 0)) return;
      } while (clock.now() < limit);
      throw new Error(`still under way after ${limitMs} ms: ${JSON.stringify(underWay())}`);
    },
  };
};

export type Simulation = ReturnType<typeof makeSimulation>;
