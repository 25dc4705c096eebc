import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { LastErrors } from '../store/last-errors.ts';
import { onColdStart } from './cold-start.ts';
import { logger } from './logger.ts';

/** Works on one record of a batch; throws for what shall come again, and in the end to the dead letter queue. */
export type WorkRecord = (record: SQSRecord) => Promise<unknown>;

/** Where it is written why a record failed, since SQS moves one to its dead letters without a word. */
export interface Remembering {
  readonly lastErrors: Pick<LastErrors, 'remember'>;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** What cannot be written must not hide the failure itself. */
const remember = async (
  { lastErrors }: Remembering,
  record: SQSRecord,
  error: Error,
  requestId: string,
): Promise<void> => {
  try {
    await lastErrors.remember({
      queue: record.eventSourceARN.split(':').at(-1) ?? '',
      record: record.messageId,
      errorClass: error.name,
      message: error.message,
      receives: Number(record.attributes.ApproximateReceiveCount),
      requestId,
      at: Date.now(),
    });
  } catch (failure) {
    logger.warn('failure not remembered', { record: record.messageId, error: asError(failure) });
  }
};

/**
 * A queue consumer: `prepare` reads for the whole batch at once, then each record is worked on side by side and fails
 * by itself alone.
 */
export const queueWorker = <Services extends Remembering>(
  build: () => Promise<Services> | Services,
  prepare: (
    services: Services,
    records: readonly SQSRecord[],
    context: Context,
  ) => Promise<WorkRecord> | WorkRecord,
) => {
  const services = onColdStart(build);
  return middy(async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const built = await services();
    const rememberAll = async (error: unknown) => {
      const cause = asError(error);
      await Promise.all(event.Records.map((record) => remember(built, record, cause, context.awsRequestId)));
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
        await remember(built, record, cause, context.awsRequestId);
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
