import type { GetItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient, _Record } from '@aws-sdk/client-dynamodb-streams';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { DeadLetter, LostBatch } from '../../functions/platform/sqs/dead-letter.port.ts';
import { isTrimmed, lostRecords } from './lost-records.ts';
import type { QueuedDeadLetter } from './dead-letter.ts';
import type { Remaining, Replay } from './pass.ts';
import { PlainCommand } from '../../functions/platform/aws/command.ts';
import type { DynamoClient } from '../../functions/platform/aws/command.ts';
import type { JsonObject } from '../../functions/platform/aws/json-answer.ts';

interface Reader {
  readonly dynamo: DynamoClient;
  readonly streams: DynamoDBStreamsClient;
  readonly lambda: LambdaClient;
  /** The entry name of the function. */
  readonly name: string;
  /** Its name on AWS. */
  readonly functionName: string;
}

const keySchema = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });
const TABLE = /:table\/([^/]+)/;

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** An attribute value as Lambda's stream events encode it: binary as base64. */
const toEventJson = (value: unknown): Json => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toEventJson);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toEventJson(each)]));
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? value : null;
};

/** Why the current item cannot replace the stream record; undefined if it can. */
const whyNotReplayable = ({ change, keys }: DeadLetter, item: JsonObject | undefined) => {
  if (item === undefined) return 'its item no longer exists (expired or deleted); discard this dead letter';
  if (change === 'INSERT') return undefined;
  return `the previous state of ${keys} is not stored, so the change is unknown; discard this dead letter`;
};

/** What to do instead of a replay once the stream no longer has the records of a batch. */
const adviceForTrimmed = (name: string, { firstAt }: LostBatch): string => {
  const trimmed = 'the stream no longer has its records (it keeps them for 24 hours)';
  const since = new Date(firstAt).toISOString();
  if (name === 'fan-out')
    return `${trimmed}; run npm run reconcile -- --since ${since} --fix, then discard this dead letter`;
  if (name === 'project')
    return `${trimmed}; run npm run rebuild to bring the read models up to date, then discard this dead letter`;
  return `${trimmed}; its domain events since ${since} cannot be published any more, discard this dead letter`;
};

/** The item in the JSON that DynamoDB answers, which is also that of Lambda's stream events. */
const read = async ({ dynamo }: Reader, deadLetter: DeadLetter) => {
  const { Item } = await dynamo.send(
    new PlainCommand<'DynamoDB', GetItemCommandInput, { readonly Item?: JsonObject }>('DynamoDB', 'GetItem', {
      TableName: TABLE.exec(deadLetter.source)?.[1],
      Key: keySchema.parse(JSON.parse(deadLetter.keys)),
      ConsistentRead: true,
    }),
  );
  return Item;
};

/** Invokes the function. Returns its error, undefined on success; throws if Lambda could not be called. */
const invoke = async (
  { lambda, functionName }: Reader,
  records: readonly object[],
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
  readonly record: JsonObject;
}
type Outcome = Awaited<ReturnType<Replay>>;

const prepare = async (
  reader: Reader,
  deadLetter: QueuedDeadLetter,
  lost: DeadLetter,
): Promise<Ready | Remaining> => {
  const { source, keys, change } = lost;
  const item = await read(reader, lost);
  const why = whyNotReplayable(lost, item);
  if (why !== undefined) return { deadLetter, why };
  const dynamodb = { Keys: toEventJson(JSON.parse(keys)), NewImage: item };
  return {
    deadLetter,
    record: { eventName: change, eventSource: 'aws:dynamodb', eventSourceARN: source, dynamodb },
  };
};

/** Sends all records in one invocation, and each in its own if that fails, so that one bad record blocks no other. */
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

const ofStream = (source: string, { eventID, eventName, dynamodb }: _Record): object => {
  const { Keys, NewImage, OldImage, SequenceNumber } = dynamodb ?? {};
  const images = Object.entries({ Keys, NewImage, OldImage, SequenceNumber }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    ...{ eventID: eventID ?? null, eventName: eventName ?? null, eventSource: 'aws:dynamodb' },
    eventSourceARN: source,
    dynamodb: toEventJson(Object.fromEntries(images)),
  };
};

/** Sends the records of a batch in order. After a failure the next replay starts at the first record again. */
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
    if (!isTrimmed(error)) throw error;
    return { done: [], remaining: [{ deadLetter, why: adviceForTrimmed(reader.name, lost) }] };
  }
  return { done: [deadLetter], remaining: [] };
};

const joined = (outcomes: readonly Outcome[]): Outcome => ({
  done: outcomes.flatMap(({ done }) => done),
  remaining: outcomes.flatMap(({ remaining }) => remaining),
});

/**
 * Replays by invoking the stream's reader: a record with its current item, a batch with the records that the stream
 * still has. The reader dead-letters what it still cannot process. Ten items of 400 KB fit into the 6 MB of one
 * invocation.
 */
export const toReader =
  (reader: Reader): Replay =>
  async (deadLetters) => {
    const prepared: (Ready | Remaining)[] = [];
    const outcomes: Outcome[] = [];
    for (const deadLetter of deadLetters) {
      const { stream } = deadLetter;
      if (stream === undefined)
        prepared.push({ deadLetter, why: 'its format is unknown to this release; discard it or upgrade' });
      else if (stream.kind === 'record') prepared.push(await prepare(reader, deadLetter, stream.deadLetter));
      else outcomes.push(await replayBatch(reader, deadLetter, stream.lost));
    }
    const ready = prepared.filter((one) => 'record' in one);
    const remaining = prepared.filter((one) => 'why' in one);
    return joined([...outcomes, { done: [], remaining }, await replayReady(reader, ready)]);
  };
