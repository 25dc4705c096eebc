import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { DeadLetter, LostBatch } from '../../functions/flows/dead-letter.ts';
import type { Letter } from './letter.ts';
import type { Kept, Replay } from './pass.ts';

interface Reader {
  readonly dynamo: DynamoDBClient;
  readonly lambda: LambdaClient;
  /** As alarms call it, and as the function is called on AWS. */
  readonly name: string;
  readonly functionName: string;
}

const keySchema = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });
const TABLE = /:table\/([^/]+)/;

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** An attribute as stream events carry it: bytes as base64 text. */
const inEvent = (value: unknown): Json => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(inEvent);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inEvent(each)]));
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? value : null;
};

/** Whether an item read now can stand in for what the stream said then. */
const tooLate = ({ change, keys }: DeadLetter, item: Record<string, AttributeValue> | undefined) => {
  if (item === undefined) return 'its item is gone (expired or removed): nothing to replay, discard it';
  if (change === 'INSERT') return undefined;
  return `what ${keys} was before is not kept, so nobody can tell what changed: discard it`;
};

const adviceFor = (name: string, { firstAt }: LostBatch): string => {
  const since = new Date(firstAt).toISOString();
  if (name === 'fan-out') return `npm run reconcile -- --since ${since} --fix finds them; then discard it`;
  if (name === 'project') return 'npm run rebuild brings the read models up to the log; then discard it';
  return `the facts since ${since} were not told and will not be; discard it`;
};

const read = async ({ dynamo }: Reader, letter: DeadLetter) => {
  const { Item } = await dynamo.send(
    new GetItemCommand({
      TableName: TABLE.exec(letter.source)?.[1],
      Key: keySchema.parse(JSON.parse(letter.keys)),
      ConsistentRead: true,
    }),
  );
  return Item;
};

type Prepared = { readonly letter: Letter; readonly record: Json } | Kept;

const prepare = async (reader: Reader, letter: Letter): Promise<Prepared> => {
  const { stream } = letter;
  if (stream === undefined) return { letter, why: 'nobody knows what it is' };
  if (stream.kind === 'batch') return { letter, why: adviceFor(reader.name, stream.lost) };
  const { source, keys, change } = stream.letter;
  const item = await read(reader, stream.letter);
  const why = tooLate(stream.letter, item);
  if (why !== undefined) return { letter, why };
  const dynamodb = { Keys: inEvent(JSON.parse(keys)), NewImage: inEvent(item) };
  return {
    letter,
    record: { eventName: change, eventSource: 'aws:dynamodb', eventSourceARN: source, dynamodb },
  };
};

const invoke = async ({ lambda, functionName }: Reader, records: readonly Json[]): Promise<void> => {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      Payload: Buffer.from(JSON.stringify({ Records: records })),
    }),
  );
  if (FunctionError === undefined) return;
  throw new Error(`${functionName} failed: ${Payload === undefined ? '' : Buffer.from(Payload).toString()}`);
};

/**
 * To the stream's reader, with the item as it is now. A record that still cannot be read comes back as a new letter, by
 * the reader's own hand. Ten items of 400 KB fit into the 6 MB of an invocation.
 */
export const toReader =
  (reader: Reader): Replay =>
  async (letters) => {
    const prepared = await Promise.all(letters.map((letter) => prepare(reader, letter)));
    const ready = prepared.filter((one) => 'record' in one);
    if (ready.length > 0)
      await invoke(
        reader,
        ready.map(({ record }) => record),
      );
    return { done: ready.map(({ letter }) => letter), kept: prepared.filter((one) => 'why' in one) };
  };
