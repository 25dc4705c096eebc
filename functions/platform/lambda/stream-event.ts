import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { DeadLetter } from '../sqs/dead-letter.port.ts';
import type { Row } from '../dynamodb/table.ts';

/**
 * A stream event as Lambda gives it. Binary attributes come as base64 text; everything else as DynamoDB's own
 * attribute values.
 */
const attribute: z.ZodType<AttributeValue> = z.lazy(() =>
  z.union([
    z.object({ S: z.string() }),
    z.object({ N: z.string() }),
    z.object({ BOOL: z.boolean() }),
    z.object({ NULL: z.literal(true) }),
    z.object({ B: z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))) }),
    z.object({ L: z.array(attribute) }),
    z.object({ M: z.record(z.string(), attribute) }),
    z.object({ SS: z.array(z.string()) }),
    z.object({ NS: z.array(z.string()) }),
  ]),
);
const image = z.record(z.string(), attribute).transform((item): Row => unmarshall(item));

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

/** The records of a stream event, images unread. */
export const streamRecords = (input: unknown): readonly StreamRecord[] => event.parse(input).Records;

export interface Change {
  readonly eventName: StreamRecord['eventName'];
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

const changeOf = ({ eventName, dynamodb }: StreamRecord): Change => ({
  eventName,
  before: dynamodb.OldImage === undefined ? undefined : image.parse(dynamodb.OldImage),
  after: dynamodb.NewImage === undefined ? undefined : image.parse(dynamodb.NewImage),
});

/** A record's dead letter, whose place in the stream dies with it: keys and reason. */
export const deadLetterOf = (record: StreamRecord, error: unknown): Omit<DeadLetter, 'requestId'> => ({
  source: record.eventSourceARN,
  keys: JSON.stringify(record.dynamodb.Keys),
  change: record.eventName,
  sequenceNumber: record.dynamodb.SequenceNumber ?? null,
  errorClass: error instanceof Error ? error.name : 'unknown',
  reason: error instanceof Error ? error.message : String(error),
});

/** What could be read from records, in parallel with where from, and what never can. */
export interface Sorted<Item> {
  readonly items: readonly Item[];
  readonly records: readonly StreamRecord[];
  readonly poison: readonly Omit<DeadLetter, 'requestId'>[];
}

/** Reads records by `parse` (undefined: not its business) and sets aside the ones that it throws on. */
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
