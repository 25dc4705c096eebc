import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { onColdStart } from './cold-start.ts';
import { lambdaHandler } from './handler.ts';
import { logger } from './logger.ts';
import { asError, recordFailure } from './record-failure.ts';
import type { RecordingFailures } from './record-failure.ts';
import { settleAll } from '../settle.domain.ts';

/** Works on one record of a batch; throws for what shall come again, and in the end to the dead letter queue. */
export type WorkRecord = (record: SQSRecord) => Promise<unknown>;

const receiveOf = (record: SQSRecord, { awsRequestId: requestId }: Context) => ({
  queue: record.eventSourceARN.split(':').at(-1) ?? '',
  record: record.messageId,
  receives: Number(record.attributes.ApproximateReceiveCount),
  requestId,
});

/**
 * A queue consumer: `prepare` reads for the whole batch at once, then each record is worked on side by side and fails
 * by itself alone.
 */
export const queueWorker = <Services extends RecordingFailures>(
  build: () => Promise<Services> | Services,
  prepare: (
    services: Services,
    records: readonly SQSRecord[],
    context: Context,
  ) => Promise<WorkRecord> | WorkRecord,
) => {
  const services = onColdStart(build);
  return lambdaHandler(async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const built = await services();
    const rememberAll = async (error: unknown) => {
      const cause = asError(error);
      await settleAll(event.Records.map((record) => recordFailure(built, receiveOf(record, context), cause)));
      throw cause;
    };
    const work = await Promise.resolve()
      .then(() => prepare(built, event.Records, context))
      .catch(rememberAll);
    const report = async (record: SQSRecord) => {
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
    const answer = await processPartialResponse(event, report, new BatchProcessor(EventType.SQS), {
      context,
      throwOnFullBatchFailure: false,
    });
    logger.info('worked', { records: event.Records.length, failed: answer.batchItemFailures.length });
    return answer;
  });
};
