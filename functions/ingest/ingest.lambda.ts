import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSRecord } from 'aws-lambda';
import { logger } from '../platform/lambda/logger.ts';
import { metrics } from '../platform/lambda/metrics.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';
import { STARTS } from '../platform/limits/queues.domain.ts';
import type { IngestFact, IngestRecord } from './ingest.flow.ts';
import { wireIngest } from './ingest.wiring.ts';
import { ATTRIBUTE } from './record-attributes.ts';

/** Metrics of facts that an operator asks for; accepted messages are counted by their deliveries. */
const METRIC: Readonly<Partial<Record<IngestFact['kind'], string>>> = {
  duplicate: 'DuplicatesAvoided',
  waiting: 'PublishLimitWaits',
  refused: 'IngestRefused',
};

const report = (fact: IngestFact): void => {
  const name = METRIC[fact.kind];
  if (name !== undefined) metrics.addMetric(name, MetricUnit.Count, 1);
  if (fact.kind === 'refused') logger.warn('record dead-lettered', { record: fact.record, ...fact.refusal });
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
).after(({ context }) => {
  if (!metrics.hasStoredMetrics()) return;
  metrics.addDimension('function', context.functionName); // stages share an account and a namespace
  metrics.publishStoredMetrics();
});
