import type { FailedReceive, FailureLog } from './failure-log.dynamo.ts';
import { logger } from './logger.ts';

/** The failure log of a worker, since a dead-lettered record does not carry the reason. */
export interface RecordingFailures {
  readonly failureLog: Pick<FailureLog, 'recordFailure'>;
}

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Records a failure. Does not throw when that fails, which would hide the failure itself. */
export const recordFailure = async (
  { failureLog }: RecordingFailures,
  failed: Pick<FailedReceive, 'queue' | 'record' | 'receives' | 'requestId'>,
  { name: errorClass, message }: Error,
): Promise<void> => {
  try {
    await failureLog.recordFailure({ ...failed, errorClass, message, at: Date.now() });
  } catch (failure) {
    logger.warn('failure could not be recorded', { record: failed.record, error: asError(failure) });
  }
};
