import type { SQSRecord } from 'aws-lambda';
import { deliveryIdentity } from '../delivery.port.ts';
import type { QueueMessage } from '../delivery.port.ts';
import type { DeliveryOutcome, ReceivedDelivery } from '../delivery-record.ts';
import type { ReportOutcomes } from '../outcome-facts.ts';
import type { LaneFlows } from '../lanes/lane.flow.ts';
import { parseQueueMessage } from './queue-message.ts';
import { logger } from '../../platform/lambda/logger.ts';
import { asError } from '../../platform/lambda/record-failure.ts';
import type { WorkRecord } from '../../platform/lambda/queue-worker.ts';

type Parsed = QueueMessage | { readonly kind: 'unreadable'; readonly error: Error };

const parseRecord = ({ body }: SQSRecord): Parsed => {
  try {
    return parseQueueMessage(body);
  } catch (error) {
    return { kind: 'unreadable', error: asError(error) };
  }
};

/**
 * One received delivery for each identity. Of duplicates in one batch the one with the most receives counts, since an
 * earlier receive of it may have left work half done.
 */
const deduplicateRecords = (
  records: readonly SQSRecord[],
  parsed: ReadonlyMap<string, Parsed>,
): ReadonlyMap<string, ReceivedDelivery> => {
  const byIdentity = new Map<string, ReceivedDelivery>();
  for (const { messageId: queueMessageId, attributes } of records) {
    const queueMessage = parsed.get(queueMessageId);
    if (queueMessage?.kind !== 'delivery') continue;
    const { delivery } = queueMessage;
    const receipt = { queueMessageId, receiveCount: Number(attributes.ApproximateReceiveCount) };
    const known = byIdentity.get(deliveryIdentity(delivery));
    if (known !== undefined && known.receipt.receiveCount >= receipt.receiveCount) continue;
    byIdentity.set(deliveryIdentity(delivery), { delivery, receipt });
  }
  return byIdentity;
};

/** Calls `finish` after the last of `count` records. Lost health observations delay a breaker decision but no delivery. */
const finishAfter = (count: number, finish: () => Promise<void>) => {
  let open = count;
  return async (): Promise<void> => {
    open -= 1;
    if (open > 0) return;
    try {
      await finish();
    } catch (error) {
      logger.error('health observations not written', { error: asError(error) });
    }
  };
};

/** A delivery that is not sent leaves a log line that says why; one that was attempted is in the API's lists. */
const logDropped = (outcome: DeliveryOutcome): void => {
  if (outcome.kind === 'canceled') logger.info('delivery canceled', { reason: outcome.reason });
  if (outcome.kind === 'ended') logger.info('delivery dropped: a resend succeeded before it');
};

/**
 * The worker of one batch of a delivery queue. A record that cannot be parsed fails alone; duplicates within the batch
 * are delivered once and share the outcome.
 */
export const startDeliveryBatch = (
  { startBatch, drain }: LaneFlows,
  records: readonly SQSRecord[],
  remainingMs: () => number,
  reportOutcomes: ReportOutcomes = () => undefined,
): WorkRecord => {
  const parsed = new Map(records.map((record) => [record.messageId, parseRecord(record)]));
  const received = deduplicateRecords(records, parsed);
  const identities = [...received.keys()];
  const batch = startBatch([...received.values()], remainingMs);
  const outcomes: DeliveryOutcome[] = [];
  const running = new Map<string, Promise<void>>();

  const deliver = async (identity: string): Promise<void> => {
    const outcome = await batch.deliver(identities.indexOf(identity));
    outcomes.push(outcome);
    logDropped(outcome);
  };
  const deliverOnce = (identity: string): Promise<void> => {
    const delivering = running.get(identity) ?? deliver(identity);
    running.set(identity, delivering);
    return delivering;
  };
  const work = (record: SQSRecord): Promise<unknown> => {
    const queueMessage = parsed.get(record.messageId) ?? parseRecord(record);
    switch (queueMessage.kind) {
      case 'unreadable':
        return Promise.reject(queueMessage.error);
      case 'drainTimer':
        return drain(queueMessage.drainTimer);
      case 'delivery':
        return deliverOnce(deliveryIdentity(queueMessage.delivery));
    }
  };
  const finishRecord = finishAfter(records.length, async () => {
    try {
      await batch.finish();
    } finally {
      reportOutcomes(outcomes);
    }
  });

  return async (record) => {
    try {
      return await work(record);
    } finally {
      await finishRecord();
    }
  };
};
