import type { Context } from 'aws-lambda';
import { batchName } from '../sqs/dead-letter.port.ts';
import type { DeadLetters } from '../sqs/dead-letter.port.ts';
import { onColdStart } from './cold-start.ts';
import { lambdaHandler } from './handler.ts';
import { logger } from './logger.ts';
import { asError, recordFailure } from './record-failure.ts';
import type { RecordingFailures } from './record-failure.ts';
import { deadLetterOf, sortRecords, streamRecords } from './stream-event.ts';
import type { Change, StreamRecord } from './stream-event.ts';

export interface StreamServices<Item> extends RecordingFailures {
  readonly deadLetters: DeadLetters;
  /**
   * Works on each item by itself and answers what became of them, in their order; absent: done. Throws where nothing
   * could be done at all: the batch comes again.
   */
  readonly work: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<unknown>[]>;
}

/**
 * For so long a record that fails is tried again, and holds up its shard meanwhile. Then it goes to the dead letter
 * queue, so that the records behind it go on: most throttles and outages of one table are over by then.
 */
const PATIENCE_MS = 300_000;

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

/** A record without its time is a replay, whose caller hears of the failure. */
const mayPass = ({ record: { dynamodb } }: Failed, nowMs: number): boolean =>
  (dynamodb.ApproximateCreationDateTime ?? Infinity) * 1000 + PATIENCE_MS > nowMs;

/** What is remembered of a batch that failed. How often it came, Lambda alone knows. */
const receiveOf = ([first]: readonly StreamRecord[], { functionName, awsRequestId: requestId }: Context) => ({
  queue: functionName,
  record: batchName(first?.eventSourceARN ?? '', first?.dynamodb.SequenceNumber ?? ''),
  receives: 0,
  requestId,
});

/**
 * A stream consumer: does all that can be done, record by record, and throws for what may pass. What cannot be read, or
 * failed for too long, goes to the dead letter queue with its reason. `parse` answers undefined for changes that are not its business.
 */
export const streamWorker = <Item>(
  build: () => Promise<StreamServices<Item>> | StreamServices<Item>,
  parse: (change: Change) => Item | undefined,
) => {
  const services = onColdStart(build);
  return lambdaHandler(async (event: unknown, context: Context) => {
    const { deadLetters, work, failureLog } = await services();
    const records = streamRecords(event);
    const sorted = sortRecords(records, parse);
    const { awsRequestId: requestId } = context;
    let dead = sorted.poison;
    try {
      const outcomes = sorted.items.length > 0 ? await work(sorted.items) : [];
      const failed = failuresOf(sorted.records, outcomes);
      const again = failed.find((one) => mayPass(one, Date.now()));
      if (again !== undefined) throw asError(again.reason);
      dead = [...dead, ...failed.map(({ record, reason }) => deadLetterOf(record, reason))];
      if (dead.length > 0) await deadLetters.send(dead.map((one) => ({ ...one, requestId })));
    } catch (error) {
      await recordFailure({ failureLog }, receiveOf(records, context), asError(error));
      throw error;
    }
    logger.info('worked', { records: records.length, items: sorted.items.length, dead: dead.length });
  });
};
