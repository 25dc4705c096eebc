import type { SQSRecord } from 'aws-lambda';
import { deliveryIdentity } from '../flows/delivery.ts';
import type { Delivery } from '../flows/delivery.ts';
import type { makeDeliver } from '../flows/deliver.ts';
import { parseDelivery } from '../messaging/delivery-record.ts';
import type { WorkRecord } from './queue-worker.ts';

type Deliver = ReturnType<typeof makeDeliver>;

const parsed = (record: SQSRecord): { delivery?: Delivery; error?: unknown } => {
  try {
    return { delivery: parseDelivery(record.body) };
  } catch (error) {
    return { error };
  }
};

const receivesOf = (record: SQSRecord) => Number(record.attributes.ApproximateReceiveCount);

/** Which of the twins in a batch is worked on: the one that came most often may have left something half done. */
const spokesmen = (records: readonly SQSRecord[], readable: ReadonlyMap<string, Delivery>) => {
  const chosen = new Map<string, SQSRecord>();
  for (const record of records) {
    const delivery = readable.get(record.messageId);
    if (delivery === undefined) continue;
    const known = chosen.get(deliveryIdentity(delivery));
    if (known === undefined || receivesOf(record) > receivesOf(known)) {
      chosen.set(deliveryIdentity(delivery), record);
    }
  }
  return chosen;
};

/**
 * One batch of the delivery queue: one strong read for all of it, then all side by side. A record that is no delivery
 * fails by itself; twins within the batch are sent once and share the outcome.
 */
export const prepareDeliveries = async (
  deliver: Deliver,
  records: readonly SQSRecord[],
): Promise<WorkRecord> => {
  const readable = new Map<string, Delivery>();
  const failures = new Map<string, unknown>();
  for (const record of records) {
    const { delivery, error } = parsed(record);
    if (delivery === undefined) failures.set(record.messageId, error);
    else readable.set(record.messageId, delivery);
  }
  const chosen = spokesmen(records, readable);
  const ids = [...readable.keys()];
  const run = await deliver.prepare([...readable.values()]);
  const underWay = new Map<string, Promise<unknown>>();

  return async ({ messageId }) => {
    const delivery = readable.get(messageId);
    if (delivery === undefined) throw failures.get(messageId);
    const identity = deliveryIdentity(delivery);
    const spokesman = chosen.get(identity);
    if (spokesman === undefined) throw new Error(`nobody speaks for ${identity}`);
    const receipt = { holder: spokesman.messageId, receives: receivesOf(spokesman) };
    const work = underWay.get(identity) ?? run(ids.indexOf(spokesman.messageId), receipt);
    underWay.set(identity, work);
    return work;
  };
};
