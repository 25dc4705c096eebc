import type { SQSRecord } from 'aws-lambda';
import { surelyPerSecond } from '../../../functions/deliver/lanes/volume.domain.ts';
import { SHARDS, shardOf } from '../../../functions/platform/dynamodb/keys.ts';
import { BULK_RULES } from '../../../functions/platform/limits/delivery.domain.ts';
import { makeIds } from '../../../functions/platform/ids/ids.domain.ts';
import type { Lane } from '../../../functions/deliver/lanes/lane.domain.ts';
import { startDeliveryBatch } from '../../../functions/deliver/queue/delivery-batch.ts';
import type { CrowdingStore } from '../../../functions/deliver/lanes/old-requests.flow.ts';
import type { ThrottleStore } from '../../../functions/deliver/throttle/reservations.flow.ts';
import type { HealthStore } from '../../../functions/deliver/circuit-breaker/circuit-breaker.flow.ts';
import type { DeliveryQueue, DeliveryReader } from '../../../functions/deliver/delivery.port.ts';
import { makeLane } from '../../../functions/deliver/lanes/lane.flow.ts';
import { makeRouteByVolume } from '../../../functions/deliver/lanes/route-by-volume.flow.ts';
import type { MeasureRate, Volumes } from '../../../functions/deliver/lanes/route-by-volume.flow.ts';
import { makeFanOut } from '../../../functions/fan-out/fan-out.flow.ts';
import type { FanOutDeps } from '../../../functions/fan-out/fan-out.flow.ts';
import type { ParkingStore } from '../../../functions/deliver/circuit-breaker/parking.flow.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import type { Views } from '../../../functions/read-models/project.flow.ts';
import { makePublish } from '../../../functions/publish/publish.flow.ts';
import { makeSweep } from '../../../functions/deliver/retries/sweep.flow.ts';
import type { SweepQueue } from '../../../functions/deliver/retries/sweep.flow.ts';
import { parseFanOutPage } from '../../../functions/fan-out/wide-queue.sqs.ts';
import type { MemoryLog } from './attempt-log.ts';
import type { MemoryDue } from './due.ts';
import type { makeFannedOut } from './fanned-out.ts';
import type { MemoryMessages } from './messages.ts';
import type { Process } from './process.ts';
import type { QueueRecord } from './queue.ts';
import type { Random } from './random.ts';
import type { Receivers } from './receivers.ts';
import type { SendLedger } from './send-ledger.ts';
import type { MemoryTenants } from './tenants.ts';

/** The adapters under the flows, and what they store: it outlives processes. */
export interface Parts {
  readonly random: Random;
  readonly tenants: MemoryTenants;
  readonly messages: MemoryMessages;
  readonly log: MemoryLog;
  readonly reader: DeliveryReader;
  readonly due: MemoryDue;
  readonly views: Views;
  readonly receivers: Receivers;
  readonly ledger: SendLedger;
  readonly queue: SweepQueue;
  readonly bulkQueue: Pick<DeliveryQueue, 'send' | 'sendEach'>;
  readonly slowQueue: Pick<DeliveryQueue, 'send'>;
  readonly health: HealthStore;
  readonly parking: ParkingStore;
  readonly throttle: ThrottleStore;
  readonly crowding: CrowdingStore;
  /** The maximum concurrency of each lane. */
  readonly concurrency: Readonly<Record<Lane, number>>;
  readonly wide: FanOutDeps['wide'];
  readonly fannedOut: ReturnType<typeof makeFannedOut>;
}

const asSqs = ({ messageId, body, receives }: QueueRecord) =>
  ({ messageId, body, attributes: { ApproximateReceiveCount: String(receives) } }) as SQSRecord;

/** Processes each record separately; returns the ids of those that failed. */
const failuresOf = async (
  records: readonly QueueRecord[],
  work: (record: QueueRecord) => Promise<unknown>,
) => {
  const outcomes = await Promise.allSettled(records.map(work));
  const failed = records.filter((_, index) => outcomes[index]?.status === 'rejected');
  return new Set(failed.map(({ messageId }) => messageId));
};

/** Puts the flows of each function together over the adapters, as its process sees them. `volumes`: its memory. */
export const makeFunctions = (parts: Parts, process: Process, volumes: Volumes) => {
  const { now, step, port, after } = process;
  const { random } = parts;
  const queue = port('queue', parts.queue);
  const bulkQueue = port('bulk-queue', parts.bulkQueue);
  const routed = makeRouteByVolume({ queue, bulkQueue, volumes, now });
  const tenants = port('tenants', parts.tenants);
  const messages = port('messages', parts.messages);
  const sending = parts.ledger.tracker(process, { outbound: parts.receivers, log: parts.log });
  const log = port('log', sending.log);
  const due = port('due', parts.due);
  const ids = makeIds(random.bytes);
  const readBody = async (message: Parameters<typeof messages.bodies>[0][number], nowMs: number) =>
    (await messages.bodies([message], nowMs))[0] ?? null;

  const measureRate: MeasureRate = async ({ appId, messageId }) =>
    surelyPerSecond(
      parts.messages.newest(appId, shardOf(messageId), BULK_RULES.sample).map((at) => now() - at),
      SHARDS,
    );
  const fanOut = () => {
    const { fannedOut } = parts;
    const made = makeRouteByVolume({
      queue: port('queue', fannedOut.queue(parts.queue)),
      bulkQueue: port('bulk-queue', fannedOut.queue(parts.bulkQueue)),
      ...{ volumes, now, measureRate: port('messages', { rate: measureRate }).rate },
    });
    return makeFanOut({
      ...{ tenants, now, step, wide: port('wide', parts.wide) },
      ...{ queue: made, due: port('due', fannedOut.due(parts.due)) },
    });
  };

  const laneFlows = (lane: Lane) =>
    makeLane({
      ...{ lane, log, tenants, queue, bulkQueue, volumes, readBody, ids, now, step, after },
      reader: port('reader', parts.reader),
      outbound: port('outbound', sending.outbound),
      health: port('health', parts.health),
      parking: port('parking', parts.parking),
      throttle: port('throttle', parts.throttle),
      crowding: port('crowding', parts.crowding),
      concurrency: parts.concurrency[lane],
      slowQueue: port('slow-queue', parts.slowQueue),
      due,
      disableEndpoint: tenants.disableEndpoint,
      signingKeys: async () => [{ kind: 'hmac256', key: new Uint8Array(24) }],
      jitter: random.jitter,
    });

  return {
    publish: () => makePublish({ tenants, applications: tenants, messages, readBody, ids, now, step }),
    fanOut,
    project: () => makeProject(port('views', parts.views)),
    sweep: () =>
      makeSweep({ store: due, queue: routed, now, remainingMs: process.remainingMs, step })('sweeper'),
    workOnDeliveries: async (records: readonly QueueRecord[], lane: Lane = 'fast') => {
      const work = startDeliveryBatch(laneFlows(lane), records.map(asSqs), process.remainingMs);
      return failuresOf(records, (record) => work(asSqs(record)));
    },
    workOnFanOutPages: (records: readonly QueueRecord[]) => {
      const wide = fanOut();
      return failuresOf(records, async ({ body }) => wide.fanOutPage(parseFanOutPage(body)));
    },
  };
};
