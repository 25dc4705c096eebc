import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { onColdStart } from './cold-start.ts';
import { facts } from './facts.ts';
import { lambdaHandler } from './handler.ts';
import { withLogFields } from './log-fields.ts';
import type { LogFields } from './log-fields.ts';
import { logBatch, logger } from './logger.ts';
import { isPoison, queueOf } from './poison-records.ts';
import type { PoisonDeps } from './poison-records.ts';
import { asError, recordFailure } from './record-failure.ts';
import type { RecordingFailures } from './record-failure.ts';
import { settleAll } from '../settle.domain.ts';

/** What a queue consumer needs besides its own services. */
export interface QueueServices extends PoisonDeps {
  readonly failureLog: RecordingFailures['failureLog'] & PoisonDeps['failureLog'];
}

/**
 * Processes one record of a batch. A record whose processing throws is received again, and dead-lettered in the end.
 */
export type WorkRecord = (record: SQSRecord) => Promise<unknown>;

const receiveOf = (record: SQSRecord, { awsRequestId: requestId }: Context) => ({
  queue: queueOf(record),
  record: record.messageId,
  receives: Number(record.attributes.ApproximateReceiveCount),
  requestId,
});

/**
 * A queue consumer. Records that it was started on too often go to the dead-letter queue. `prepare` reads what the other
 * records of the batch need; then they are processed concurrently, and each fails independently (partial batch failures).
 * `fieldsOf` describes a record on its log lines; it may throw. `maxStarts`: of the queue (limits/queues.domain.ts).
 */
export const queueWorker = <Services extends QueueServices>(
  build: () => Promise<Services> | Services,
  prepare: (
    services: Services,
    records: readonly SQSRecord[],
    context: Context,
  ) => Promise<WorkRecord> | WorkRecord,
  fieldsOf: (body: string) => LogFields,
  maxStarts: number,
) => {
  const services = onColdStart(build);
  return lambdaHandler(async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const built = await services();
    const { healthy, notMoved } = await moveAwayPoison(built, event.Records, maxStarts);
    if (healthy.length === 0) return { batchItemFailures: notMoved };
    const failAll = async (error: unknown) => {
      const cause = asError(error);
      logger.error('batch failed', { records: healthy.length, error: cause });
      await settleAll(healthy.map((record) => recordFailure(built, receiveOf(record, context), cause)));
      throw cause;
    };
    const work = await Promise.resolve()
      .then(() => prepare(built, healthy, context))
      .catch(failAll);
    const workOrRecordFailure = async (record: SQSRecord) => {
      try {
        await work(record);
      } catch (error) {
        const { ApproximateReceiveCount: receives } = record.attributes;
        const cause = asError(error);
        logger.error('record failed', { record: record.messageId, receives, error: cause });
        await recordFailure(built, receiveOf(record, context), cause);
        throw error;
      }
    };
    const workWithFields = (record: SQSRecord) =>
      withLogFields(
        () => fieldsOf(record.body),
        () => workOrRecordFailure(record),
      );
    const processor = new BatchProcessor(EventType.SQS);
    const answer = await processPartialResponse({ Records: [...healthy] }, workWithFields, processor, {
      context,
      throwOnFullBatchFailure: false,
    });
    const batchItemFailures = [...answer.batchItemFailures, ...notMoved];
    facts.flush(context.functionName);
    logBatch({ records: event.Records.length, failed: batchItemFailures.length });
    return { batchItemFailures };
  });
};

interface WithoutPoison {
  readonly healthy: readonly SQSRecord[];
  /** Poison records that the dead-letter queue did not accept: they are received again. */
  readonly notMoved: SQSBatchResponse['batchItemFailures'];
}

/** Moves poison records to the dead-letter queue. A crash in between moves them once more, which replay tolerates. */
const moveAwayPoison = async (
  services: QueueServices,
  records: readonly SQSRecord[],
  maxStarts: number,
): Promise<WithoutPoison> => {
  const poison = await settleAll(records.map((record) => isPoison(services, record, maxStarts)));
  const moved = await settleAll(
    records
      .filter((_, index) => poison[index])
      .map(async (record) => {
        try {
          await services.deadLetterRecord(record);
          logger.error('record dead-lettered', { record: record.messageId, starts: maxStarts });
          return [];
        } catch (error) {
          logger.error('record not dead-lettered', { record: record.messageId, error: asError(error) });
          return [{ itemIdentifier: record.messageId }];
        }
      }),
  );
  return { healthy: records.filter((_, index) => poison[index] !== true), notMoved: moved.flat() };
};
