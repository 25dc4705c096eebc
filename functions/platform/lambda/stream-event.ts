import * as z from 'zod';
import type { DeadLetter } from '../sqs/dead-letter.port.ts';
import type { Row } from '../dynamodb/table.ts';
import { fromWire } from '../dynamodb/wire-values.ts';

const record = z.object({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  eventSourceARN: z.string(),
  dynamodb: z.object({
    Keys: z.unknown(),
    /** Seconds since 1970. */
    ApproximateCreationDateTime: z.number().optional(),
    SequenceNumber: z.string().optional(),
    NewImage: z.unknown().optional(),
    OldImage: z.unknown().optional(),
  }),
});
const event = z.object({ Records: z.array(record) });

export type StreamRecord = z.infer<typeof record>;

/** Parses a stream event, except for the images of its records. */
export const streamRecords = (input: unknown): readonly StreamRecord[] => event.parse(input).Records;

export interface Change {
  readonly eventName: StreamRecord['eventName'];
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

const changeOf = ({ eventName, dynamodb }: StreamRecord): Change => ({
  eventName,
  before: fromWire(dynamodb.OldImage),
  after: fromWire(dynamodb.NewImage),
});

/** The dead letter of a record: its keys and the reason. The stream forgets the record after 24 h. */
export const deadLetterOf = (record: StreamRecord, error: unknown): Omit<DeadLetter, 'requestId'> => ({
  source: record.eventSourceARN,
  keys: JSON.stringify(record.dynamodb.Keys),
  change: record.eventName,
  sequenceNumber: record.dynamodb.SequenceNumber ?? null,
  errorClass: error instanceof Error ? error.name : 'unknown',
  reason: error instanceof Error ? error.message : String(error),
});

/** Parsed items with, at the same index, their records; `poison`: dead letters of records that cannot be parsed. */
export interface Sorted<Item> {
  readonly items: readonly Item[];
  readonly records: readonly StreamRecord[];
  readonly poison: readonly Omit<DeadLetter, 'requestId'>[];
}

/** Parses records, leaves out those for which `parse` returns undefined, and dead-letters those on which it throws. */
export const sortRecords = <Item>(
  all: readonly StreamRecord[],
  parse: (change: Change) => Item | undefined,
): Sorted<Item> => {
  const items: Item[] = [];
  const records: StreamRecord[] = [];
  const poison: Omit<DeadLetter, 'requestId'>[] = [];
  for (const one of all) {
    try {
      const item = parse(changeOf(one));
      if (item === undefined) continue;
      items.push(item);
      records.push(one);
    } catch (error) {
      poison.push(deadLetterOf(one, error));
    }
  }
  return { items, records, poison };
};
