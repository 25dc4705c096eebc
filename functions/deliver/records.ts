import type { SQSRecord } from 'aws-lambda';
import { deliveryIdentity } from './delivery.port.ts';
import type { Delivery, Errand } from './delivery.port.ts';
import type { Delivered, Receipt } from './deliver.flow.ts';
import type { CountFailures } from './failed-attempts.ts';
import type { Delivering } from './batch.flow.ts';
import { parseErrand } from './queue/delivery-record.ts';
import { logger } from '../platform/lambda/logger.ts';
import { asError } from '../platform/lambda/record-failure.ts';
import type { WorkRecord } from '../platform/lambda/queue-worker.ts';

type Parsed = { readonly errand: Errand } | { readonly error: unknown };

const parsed = (record: SQSRecord): Parsed => {
  try {
    return { errand: parseErrand(record.body) };
  } catch (error) {
    return { error };
  }
};

const receivesOf = ({ attributes }: SQSRecord) => Number(attributes.ApproximateReceiveCount);

interface Speaker {
  readonly delivery: Delivery;
  readonly receipt: Receipt;
}

/** One record for each delivery: of twins the one that came most often, which may have left something half done. */
const speakersOf = (records: readonly SQSRecord[], readable: ReadonlyMap<string, Parsed>) => {
  const speakers = new Map<string, Speaker>();
  for (const record of records) {
    const one = readable.get(record.messageId);
    if (one === undefined || 'error' in one || one.errand.kind === 'wake') continue;
    const { delivery } = one.errand;
    const receipt = { holder: record.messageId, receives: receivesOf(record) };
    const known = speakers.get(deliveryIdentity(delivery));
    if (known === undefined || known.receipt.receives < receipt.receives) {
      speakers.set(deliveryIdentity(delivery), { delivery, receipt });
    }
  }
  return speakers;
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
  const speakers = speakersOf(records, readable);
  const identities = [...speakers.keys()];
  const batch = deliver.prepare(
    [...speakers.values()].map(({ delivery }) => delivery),
    remainingMs,
  );
  const underWay = new Map<string, Promise<unknown>>();
  const outcomes: Delivered[] = [];
  const done = finishing(records.length, () => {
    countFailures(outcomes);
    return batch.finish();
  });

  const run = async (identity: string, receipt: Receipt): Promise<void> => {
    outcomes.push(await batch.run(identities.indexOf(identity), receipt));
  };

  const work = (record: SQSRecord): Promise<unknown> => {
    const one = readable.get(record.messageId);
    if (one === undefined || 'error' in one) return Promise.reject(asError(one?.error));
    if (one.errand.kind === 'wake') return drain(one.errand.wake);
    const identity = deliveryIdentity(one.errand.delivery);
    const receipt = speakers.get(identity)?.receipt;
    if (receipt === undefined) return Promise.reject(new Error(`nobody speaks for ${identity}`));
    const running = underWay.get(identity) ?? run(identity, receipt);
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
