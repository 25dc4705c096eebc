import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient, _Record } from '@aws-sdk/client-dynamodb-streams';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { DeadLetter, LostBatch } from '../../functions/platform/sqs/dead-letter.port.ts';
import { isForgotten, lostRecords } from './lost-records.ts';
import type { QueuedDeadLetter } from './dead-letter.ts';
import type { Remaining, Replay } from './pass.ts';

interface Reader {
  readonly dynamo: DynamoDBDocumentClient;
  readonly streams: DynamoDBStreamsClient;
  readonly lambda: LambdaClient;
  /** The entry of the function, and as it is called on AWS. */
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

/** What brings back what a batch held when its stream has forgotten it. */
const insteadOf = (name: string, { firstAt }: LostBatch): string => {
  const forgotten = 'the stream has forgotten its records, as it does after 24 hours';
  const since = new Date(firstAt).toISOString();
  if (name === 'fan-out')
    return `${forgotten}: npm run reconcile -- --since ${since} --fix finds them; then discard it`;
  if (name === 'project')
    return `${forgotten}: npm run rebuild brings the read models up to the log; then discard it`;
  return `${forgotten}: the facts since ${since} were not told and will not be; discard it`;
};

const read = async ({ dynamo }: Reader, deadLetter: DeadLetter) => {
  const { Item } = await dynamo.send(
    new GetItemCommand({
      TableName: TABLE.exec(deadLetter.source)?.[1],
      Key: keySchema.parse(JSON.parse(deadLetter.keys)),
      ConsistentRead: true,
    }),
  );
  return Item;
};

/** Says why the function failed; undefined where it did not. Throws for what may pass. */
const invoke = async (
  { lambda, functionName }: Reader,
  records: readonly Json[],
): Promise<string | undefined> => {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      Payload: Buffer.from(JSON.stringify({ Records: records })),
    }),
  );
  if (FunctionError === undefined) return undefined;
  return `${functionName} failed: ${Payload === undefined ? FunctionError : Buffer.from(Payload).toString()}`;
};

interface Ready {
  readonly deadLetter: QueuedDeadLetter;
  readonly record: Json;
}
type Outcome = Awaited<ReturnType<Replay>>;

const prepare = async (
  reader: Reader,
  deadLetter: QueuedDeadLetter,
  lost: DeadLetter,
): Promise<Ready | Remaining> => {
  const { source, keys, change } = lost;
  const item = await read(reader, lost);
  const why = tooLate(lost, item);
  if (why !== undefined) return { deadLetter, why };
  const dynamodb = { Keys: inEvent(JSON.parse(keys)), NewImage: inEvent(item) };
  return {
    deadLetter,
    record: { eventName: change, eventSource: 'aws:dynamodb', eventSourceARN: source, dynamodb },
  };
};

/** All at once, and one by one where that fails: one record that ends the function holds up none of the others. */
const replayReady = async (reader: Reader, ready: readonly Ready[]): Promise<Outcome> => {
  if (ready.length === 0) return { done: [], remaining: [] };
  const why = await invoke(
    reader,
    ready.map(({ record }) => record),
  );
  const deadLetters = ready.map(({ deadLetter }) => deadLetter);
  if (why === undefined) return { done: deadLetters, remaining: [] };
  const [only, ...others] = deadLetters;
  if (only !== undefined && others.length === 0) return { done: [], remaining: [{ deadLetter: only, why }] };
  return joined(await Promise.all(ready.map((one) => replayReady(reader, [one]))));
};

const ofStream = (source: string, { eventID, eventName, dynamodb }: _Record): Json => {
  const { Keys, NewImage, OldImage, SequenceNumber } = dynamodb ?? {};
  const images = Object.entries({ Keys, NewImage, OldImage, SequenceNumber }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    ...{ eventID: eventID ?? null, eventName: eventName ?? null, eventSource: 'aws:dynamodb' },
    eventSourceARN: source,
    dynamodb: inEvent(Object.fromEntries(images)),
  };
};

/** The records that the stream still has, in their order. Those before one that fails come again with the next replay. */
const replayBatch = async (
  reader: Reader,
  deadLetter: QueuedDeadLetter,
  lost: LostBatch,
): Promise<Outcome> => {
  try {
    for await (const page of lostRecords(reader.streams, lost)) {
      const why = await invoke(
        reader,
        page.map((record) => ofStream(lost.source, record)),
      );
      if (why !== undefined) return { done: [], remaining: [{ deadLetter, why }] };
    }
  } catch (error) {
    if (!isForgotten(error)) throw error;
    return { done: [], remaining: [{ deadLetter, why: insteadOf(reader.name, lost) }] };
  }
  return { done: [deadLetter], remaining: [] };
};

const joined = (outcomes: readonly Outcome[]): Outcome => ({
  done: outcomes.flatMap(({ done }) => done),
  remaining: outcomes.flatMap(({ remaining }) => remaining),
});

/**
 * To the stream's reader: a record with its item as it is now, a batch as the stream still has it. What still cannot be
 * read comes back as a new letter, by the reader's own hand. Ten items of 400 KB fit into the 6 MB of an invocation.
 */
export const toReader =
  (reader: Reader): Replay =>
  async (deadLetters) => {
    const prepared: (Ready | Remaining)[] = [];
    const outcomes: Outcome[] = [];
    for (const deadLetter of deadLetters) {
      const { stream } = deadLetter;
      if (stream === undefined) prepared.push({ deadLetter, why: 'nobody knows what it is' });
      else if (stream.kind === 'record') prepared.push(await prepare(reader, deadLetter, stream.deadLetter));
      else outcomes.push(await replayBatch(reader, deadLetter, stream.lost));
    }
    const ready = prepared.filter((one) => 'record' in one);
    const remaining = prepared.filter((one) => 'why' in one);
    return joined([...outcomes, { done: [], remaining }, await replayReady(reader, ready)]);
  };
