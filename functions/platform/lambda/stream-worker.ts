import type { Context } from 'aws-lambda';
import { LRUCache } from 'lru-cache';
import { batchName } from '../sqs/dead-letter.port.ts';
import type { DeadLetter, DeadLetters } from '../sqs/dead-letter.port.ts';
import { idsInKey } from '../dynamodb/ids-in-key.ts';
import { onColdStart } from './cold-start.ts';
import { lambdaHandler } from './handler.ts';
import { withLogFields } from './log-fields.ts';
import { logBatch, logger } from './logger.ts';
import { asError, recordFailure } from './record-failure.ts';
import type { RecordingFailures } from './record-failure.ts';
import { deadLetterOf, sortRecords, streamRecords } from './stream-event.ts';
import type { Change, StreamRecord } from './stream-event.ts';
import { STREAM_RETRY_FOR_MS } from '../limits/streams.domain.ts';

export interface StreamServices<Item> extends RecordingFailures {
  readonly deadLetters: DeadLetters;
  /**
   * Processes each item independently and returns the outcomes in order; a missing outcome counts as success. Throws if
   * no item could be processed, which makes Lambda retry the batch.
   */
  readonly work: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<unknown>[]>;
}

interface Failed {
  readonly record: StreamRecord;
  readonly reason: unknown;
}

const failuresOf = (
  records: readonly StreamRecord[],
  outcomes: readonly PromiseSettledResult<unknown>[],
): readonly Failed[] =>
  outcomes.flatMap((outcome, index): readonly Failed[] => {
    const record = records[index];
    if (outcome.status === 'fulfilled' || record === undefined) return [];
    const reason: unknown = outcome.reason;
    return [{ record, reason }];
  });

/** Failing records that an environment knows, more than the shards have at a time. */
const MOST_FAILING = 10_000;

/**
 * Whether Lambda shall retry the record: for a time from its first failure in this environment. Its age would count the time
 * in which the function was throttled or the stream behind, and a record that was never worked on would be given up at its
 * first failure. A record without an instant is a replay, whose caller gets the error.
 */
const makeShouldRetry = () => {
  const failingSince = new LRUCache<string, number>({ max: MOST_FAILING });
  return ({ record: { eventSourceARN, dynamodb } }: Failed, nowMs: number): boolean => {
    if (dynamodb.ApproximateCreationDateTime === undefined) return true;
    const name = batchName(eventSourceARN, dynamodb.SequenceNumber ?? '');
    const since = failingSince.get(name) ?? nowMs;
    failingSince.set(name, since);
    return since + STREAM_RETRY_FOR_MS > nowMs;
  };
};

/** A batch as the failure log names it. Stream consumers do not get the receive count. */
const receiveOf = ([first]: readonly StreamRecord[], { functionName, awsRequestId: requestId }: Context) => ({
  queue: functionName,
  record: batchName(first?.eventSourceARN ?? '', first?.dynamodb.SequenceNumber ?? ''),
  receives: 0,
  requestId,
});

const logDeadLettered = ({ keys, reason, errorClass, sequenceNumber }: Omit<DeadLetter, 'requestId'>): void =>
  withLogFields(
    () => idsInKey(JSON.parse(keys)),
    () => logger.error('record dead-lettered', { sequenceNumber, errorClass, reason }),
  );

/**
 * A stream consumer. Processes every record that it can, and throws for transient failures, so that Lambda retries the
 * batch. Dead-letters records that cannot be parsed or have failed for too long, with the reason. `parse` returns
 * undefined for changes that the consumer ignores.
 */
export const streamWorker = <Item>(
  build: () => Promise<StreamServices<Item>> | StreamServices<Item>,
  parse: (change: Change) => Item | undefined,
) => {
  const services = onColdStart(build);
  const shouldRetry = makeShouldRetry();
  return lambdaHandler(async (event: unknown, context: Context) => {
    const { deadLetters, work, failureLog } = await services();
    const records = streamRecords(event);
    const sorted = sortRecords(records, parse);
    const { awsRequestId: requestId } = context;
    let dead = sorted.poison;
    try {
      const outcomes = sorted.items.length > 0 ? await work(sorted.items) : [];
      const failed = failuresOf(sorted.records, outcomes);
      const nowMs = Date.now();
      const [transient] = failed.filter((one) => shouldRetry(one, nowMs));
      if (transient !== undefined) throw asError(transient.reason);
      dead = [...dead, ...failed.map(({ record, reason }) => deadLetterOf(record, reason))];
      if (dead.length > 0) await deadLetters.send(dead.map((one) => ({ ...one, requestId })));
      for (const one of dead) logDeadLettered(one);
    } catch (error) {
      logger.error('batch failed', { records: records.length, error: asError(error) });
      await recordFailure({ failureLog }, receiveOf(records, context), asError(error));
      throw error;
    }
    logBatch({ records: records.length, items: sorted.items.length, failed: dead.length });
  });
};
