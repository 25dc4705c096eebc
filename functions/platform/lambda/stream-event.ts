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

/** What could be read from records, and what never can: keys and reason, since a stream's own record dies with it. */
export interface Sorted<Item> {
  readonly items: readonly Item[];
  readonly poison: readonly Omit<DeadLetter, 'requestId'>[];
}

/** Reads records by `parse` (undefined: not its business) and sets aside the ones that it throws on. */
export const sortRecords = <Item>(
  records: readonly StreamRecord[],
  parse: (change: Change) => Item | undefined,
): Sorted<Item> => {
  const items: Item[] = [];
  const poison: Omit<DeadLetter, 'requestId'>[] = [];
  for (const one of records) {
    try {
      const item = parse(changeOf(one));
      if (item !== undefined) items.push(item);
    } catch (error) {
      poison.push({
        source: one.eventSourceARN,
        keys: JSON.stringify(one.dynamodb.Keys),
        change: one.eventName,
        sequenceNumber: one.dynamodb.SequenceNumber ?? null,
        errorClass: error instanceof Error ? error.name : 'unknown',
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return { items, poison };
};
