import type { FailedReceive, FailureLog } from './failure-log.dynamo.ts';
import { logger } from './logger.ts';

/** Where it is written why something failed, since it moves to its dead letters without a word. */
export interface RecordingFailures {
  readonly failureLog: Pick<FailureLog, 'recordFailure'>;
}

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** What cannot be written must not hide the failure itself. */
export const recordFailure = async (
  { failureLog }: RecordingFailures,
  failed: Pick<FailedReceive, 'queue' | 'record' | 'receives' | 'requestId'>,
  { name: errorClass, message }: Error,
): Promise<void> => {
  try {
    await failureLog.recordFailure({ ...failed, errorClass, message, at: Date.now() });
  } catch (failure) {
    logger.warn('failure not remembered', { record: failed.record, error: asError(failure) });
  }
};
