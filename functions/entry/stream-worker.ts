import middy from '@middy/core';
import type { DeadLetters } from '../flows/dead-letter.ts';
import { onColdStart } from './cold-start.ts';
import { logger } from './logger.ts';
import { sortRecords, streamRecords } from './stream-event.ts';
import type { Change } from './stream-event.ts';

export interface StreamServices<Item> {
  readonly deadLetters: DeadLetters;
  /** Throws for what may pass: the batch comes again. */
  readonly work: (items: readonly Item[]) => Promise<void>;
}

/**
 * A stream consumer: does all that can be done, puts what never can into the dead letter queue, and throws for what
 * may pass. `parse` answers undefined for changes that are not its business.
 */
export const streamWorker = <Item>(
  build: () => Promise<StreamServices<Item>> | StreamServices<Item>,
  parse: (change: Change) => Item | undefined,
) => {
  const services = onColdStart(build);
  return middy(async (event: unknown) => {
    const { deadLetters, work } = await services();
    const records = streamRecords(event);
    const { items, poison } = sortRecords(records, parse);
    if (items.length > 0) await work(items);
    if (poison.length > 0) await deadLetters.send(poison);
    logger.info('worked', { records: records.length, items: items.length, poison: poison.length });
  });
};
