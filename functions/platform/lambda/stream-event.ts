import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { DeadLetter } from '../sqs/dead-letter.port.ts';
import type { Row } from '../dynamodb/table.ts';

/** An attribute value in a stream event: as in DynamoDB's API, but binary values are base64 text. */
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

/** Parses a stream event, except for the images of its records. */
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
