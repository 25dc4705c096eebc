import type { SQSRecord } from 'aws-lambda';
import { deliveryIdentity } from './delivery.port.ts';
import type { Delivery, QueueMessage } from './delivery.port.ts';
import type { Delivered, QueueReceipt } from './deliver.flow.ts';
import type { CountFailures } from './failed-attempts.ts';
import type { Delivering } from './batch.flow.ts';
import { parseQueueMessage } from './queue/delivery-record.ts';
import { logger } from '../platform/lambda/logger.ts';
import { asError } from '../platform/lambda/record-failure.ts';
import type { WorkRecord } from '../platform/lambda/queue-worker.ts';

type Parsed = { readonly queueMessage: QueueMessage } | { readonly error: unknown };

const parsed = (record: SQSRecord): Parsed => {
  try {
    return { queueMessage: parseQueueMessage(record.body) };
  } catch (error) {
    return { error };
  }
};

const receivesOf = ({ attributes }: SQSRecord) => Number(attributes.ApproximateReceiveCount);

interface DeliveryRecord {
  readonly delivery: Delivery;
  readonly queueReceipt: QueueReceipt;
}

/** One record for each delivery: of twins the one that came most often, which may have left something half done. */
const speakersOf = (records: readonly SQSRecord[], readable: ReadonlyMap<string, Parsed>) => {
  const recordsByDelivery = new Map<string, DeliveryRecord>();
  for (const record of records) {
    const one = readable.get(record.messageId);
    if (one === undefined || 'error' in one || one.queueMessage.kind === 'drainTimer') continue;
    const { delivery } = one.queueMessage;
    const queueReceipt = { holder: record.messageId, receives: receivesOf(record) };
    const known = recordsByDelivery.get(deliveryIdentity(delivery));
    if (known === undefined || known.queueReceipt.receives < queueReceipt.receives) {
      recordsByDelivery.set(deliveryIdentity(delivery), { delivery, queueReceipt });
    }
  }
  return recordsByDelivery;
};

/** What was seen of endpoints is written when the last record is done. Losing it delays a decision, no delivery. */
const finishing = (count: number, finish: () => Promise<void>) => {
  let open = count;
  return async (): Promise<void> => {
    open -= 1;
    if (open > 0) return;
    try {
      await finish();
    } catch (error) {
      logger.error('health not written', { error: asError(error) });
    }
  };
};

/**
 * One batch of a delivery queue: one strong read for all of it, then all side by side. A record that is no errand
 * fails by itself; twins within the batch are sent once and share the outcome.
 */
export const prepareDeliveries = (
  { deliver, drain }: Delivering,
  records: readonly SQSRecord[],
  remainingMs: () => number,
  countFailures: CountFailures = () => undefined,
): WorkRecord => {
  const readable = new Map(records.map((record) => [record.messageId, parsed(record)]));
  const recordsByDelivery = speakersOf(records, readable);
  const identities = [...recordsByDelivery.keys()];
  const batch = deliver.prepare(
    [...recordsByDelivery.values()].map(({ delivery }) => delivery),
    remainingMs,
  );
  const underWay = new Map<string, Promise<unknown>>();
  const outcomes: Delivered[] = [];
  const done = finishing(records.length, () => {
    countFailures(outcomes);
    return batch.finish();
  });

  const run = async (identity: string, queueReceipt: QueueReceipt): Promise<void> => {
    outcomes.push(await batch.run(identities.indexOf(identity), queueReceipt));
  };

  const work = (record: SQSRecord): Promise<unknown> => {
    const one = readable.get(record.messageId);
    if (one === undefined || 'error' in one) return Promise.reject(asError(one?.error));
    if (one.queueMessage.kind === 'drainTimer') return drain(one.queueMessage.drainTimer);
    const identity = deliveryIdentity(one.queueMessage.delivery);
    const queueReceipt = recordsByDelivery.get(identity)?.queueReceipt;
    if (queueReceipt === undefined) return Promise.reject(new Error(`nobody speaks for ${identity}`));
    const running = underWay.get(identity) ?? run(identity, queueReceipt);
    underWay.set(identity, running);
    return running;
  };

  return async (record) => {
    try {
      return await work(record);
    } finally {
      await done();
    }
  };
};
