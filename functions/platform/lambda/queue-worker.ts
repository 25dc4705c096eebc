import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { onColdStart } from './cold-start.ts';
import { lambdaHandler } from './handler.ts';
import { withLogFields } from './log-fields.ts';
import type { LogFields } from './log-fields.ts';
import { logBatch, logger } from './logger.ts';
import { asError, recordFailure } from './record-failure.ts';
import type { RecordingFailures } from './record-failure.ts';
import { settleAll } from '../settle.domain.ts';

/**
 * Processes one record of a batch. A record whose processing throws is received again, and dead-lettered in the end.
 */
export type WorkRecord = (record: SQSRecord) => Promise<unknown>;

const receiveOf = (record: SQSRecord, { awsRequestId: requestId }: Context) => ({
  queue: record.eventSourceARN.split(':').at(-1) ?? '',
  record: record.messageId,
  receives: Number(record.attributes.ApproximateReceiveCount),
  requestId,
});

/**
 * A queue consumer. `prepare` reads what the whole batch needs; then records are processed concurrently, and each fails
 * independently (partial batch failures). `fieldsOf` describes a record on its log lines; it may throw.
 */
export const queueWorker = <Services extends RecordingFailures>(
  build: () => Promise<Services> | Services,
  prepare: (
    services: Services,
    records: readonly SQSRecord[],
    context: Context,
  ) => Promise<WorkRecord> | WorkRecord,
  fieldsOf: (body: string) => LogFields,
) => {
  const services = onColdStart(build);
  return lambdaHandler(async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const built = await services();
    const failAll = async (error: unknown) => {
      const cause = asError(error);
      logger.error('batch failed', { records: event.Records.length, error: cause });
      await settleAll(event.Records.map((record) => recordFailure(built, receiveOf(record, context), cause)));
      throw cause;
    };
    const work = await Promise.resolve()
      .then(() => prepare(built, event.Records, context))
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
    const answer = await processPartialResponse(event, workWithFields, processor, {
      context,
      throwOnFullBatchFailure: false,
    });
    logBatch({ records: event.Records.length, failed: answer.batchItemFailures.length });
    return answer;
  });
};
