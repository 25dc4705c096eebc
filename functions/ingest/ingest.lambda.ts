import type { SQSRecord } from 'aws-lambda';
import { facts } from '../platform/lambda/facts.ts';
import { logger } from '../platform/lambda/logger.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';
import { STARTS } from '../platform/limits/queues.domain.ts';
import type { IngestFact, IngestRecord } from './ingest.flow.ts';
import { wireIngest } from './ingest.wiring.ts';
import { ATTRIBUTE } from './record-attributes.ts';

/** Accepted messages are counted by their deliveries. */
const report = (fact: IngestFact): void => {
  if (fact.kind === 'duplicate') facts.count('DuplicatesAvoided');
  if (fact.kind === 'waiting') facts.count('PublishLimitWaits');
  if (fact.kind !== 'refused') return;
  facts.countNow('IngestRefused', 1);
  logger.warn('record dead-lettered', { record: fact.record, ...fact.refusal });
};

const recordOf = (
  { body, messageId, attributes, messageAttributes }: SQSRecord,
  requestId: string,
): IngestRecord => {
  const text = (name: string) => messageAttributes[name]?.stringValue ?? null;
  const number = (name: string, byDefault: number) => {
    const found = Number(text(name) ?? byDefault);
    return Number.isSafeInteger(found) && found >= 0 ? found : byDefault;
  };
  return {
    ...{ body, messageId, requestId, eventId: text(ATTRIBUTE.eventId) },
    waits: number(ATTRIBUTE.waits, 0),
    since: number(ATTRIBUTE.since, Number(attributes.SentTimestamp)),
  };
};

/** Publishes the records of the ingest queue: events of the ingest bus, of rules and topics, and direct ones. */
export const handler = queueWorker(
  () => wireIngest(report),
  ({ ingest, publisher }, _records, context) => {
    const publish = publisher();
    return (record) => ingest(recordOf(record, context.awsRequestId), publish);
  },
  () => ({}),
  STARTS.ingest,
);
