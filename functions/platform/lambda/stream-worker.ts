import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { batchName } from '../sqs/dead-letter.port.ts';
import type { DeadLetters } from '../sqs/dead-letter.port.ts';
import { onColdStart } from './cold-start.ts';
import { logger } from './logger.ts';
import { asError, remember } from './record-failure.ts';
import type { Remembering } from './record-failure.ts';
import { sortRecords, streamRecords } from './stream-event.ts';
import type { Change, StreamRecord } from './stream-event.ts';

export interface StreamServices<Item> extends Remembering {
  readonly deadLetters: DeadLetters;
  /** Throws for what may pass: the batch comes again. */
  readonly work: (items: readonly Item[]) => Promise<void>;
}

/** What is remembered of a batch that failed. How often it came, Lambda alone knows. */
const receiveOf = ([first]: readonly StreamRecord[], { functionName, awsRequestId: requestId }: Context) => ({
  queue: functionName,
  record: batchName(first?.eventSourceARN ?? '', first?.dynamodb.SequenceNumber ?? ''),
  receives: 0,
  requestId,
});

/**
 * A stream consumer: does all that can be done, puts what never can into the dead letter queue, and throws for what
 * may pass. `parse` answers undefined for changes that are not its business.
 */
export const streamWorker = <Item>(
  build: () => Promise<StreamServices<Item>> | StreamServices<Item>,
  parse: (change: Change) => Item | undefined,
) => {
  const services = onColdStart(build);
  return middy(async (event: unknown, context: Context) => {
    const { deadLetters, work, lastErrors } = await services();
    const records = streamRecords(event);
    const { items, poison } = sortRecords(records, parse);
    const { awsRequestId: requestId } = context;
    try {
      if (items.length > 0) await work(items);
      if (poison.length > 0) await deadLetters.send(poison.map((letter) => ({ ...letter, requestId })));
    } catch (error) {
      await remember({ lastErrors }, receiveOf(records, context), asError(error));
      throw error;
    }
    logger.info('worked', { records: records.length, items: items.length, poison: poison.length });
  });
};
