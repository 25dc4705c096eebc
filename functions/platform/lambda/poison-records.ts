import type { SQSRecord } from 'aws-lambda';
import type { FailureLog } from './failure-log.dynamo.ts';
import { logger } from './logger.ts';
import { asError } from './record-failure.ts';

/** Moves a record to the dead-letter queue of its worker. */
export type DeadLetterRecord = (record: SQSRecord) => Promise<void>;

/**
 * A receive count does not say how often a worker tried: Lambda receives a batch before it knows whether the function has
 * concurrency left. So a worker counts its own starts, from the second receive on, which costs healthy records nothing.
 */
export interface PoisonDeps {
  readonly failureLog: Pick<FailureLog, 'countStart'>;
  readonly deadLetterRecord: DeadLetterRecord;
}

export const queueOf = (record: SQSRecord): string => record.eventSourceARN.split(':').at(-1) ?? '';

/**
 * Counts a start on a record that was received before, and returns whether it was started on `maxStarts` times: its work
 * crashes the function, say. Without an answer from the table the record counts as healthy.
 */
export const isPoison = async (
  { failureLog }: Pick<PoisonDeps, 'failureLog'>,
  record: SQSRecord,
  maxStarts: number,
): Promise<boolean> => {
  if (Number(record.attributes.ApproximateReceiveCount) <= 1) return false;
  try {
    const started = { queue: queueOf(record), record: record.messageId, at: Date.now() };
    return (await failureLog.countStart(started)) >= maxStarts;
  } catch (error) {
    logger.warn('start could not be counted', { record: record.messageId, error: asError(error) });
    return false;
  }
};
