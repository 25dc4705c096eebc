import type { BatchGetItemCommandInput } from '@aws-sdk/client-dynamodb';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { chunksOf } from '../concurrency/chunks.ts';
import type { Pause, Place, Row } from './table.ts';
import { TRIES, TableBusy, isInvalid, pauseBefore, realPause } from './table.ts';
import { settleAll } from '../settle.domain.ts';

const address = (table: string, pk: unknown, sk: unknown) => JSON.stringify([table, pk, sk]);

/**
 * The answer to a batch: the item at a place, undefined where there is none. Throws where that place could not be read
 * (TableBusy: it was throttled), so that a place without an answer fails only what rests on it.
 */
export type Found = (place: Place) => Row | undefined;

const BATCH = 100; // BatchGetItem's limit
/** Tries of a read whose caller asks again later for what is missing: a tenth of a second in all. */
export const FEW_TRIES = 5;

type Wanted = NonNullable<BatchGetItemCommandInput['RequestItems']>;

/** The request for up to 100 distinct places, of any tables. */
const batchRequest = (places: readonly Place[]): Wanted => {
  const wanted: Wanted = {};
  for (const { table, key } of places) {
    const keys = [...(wanted[table]?.Keys ?? []), marshall({ pk: key.pk, sk: key.sk })];
    wanted[table] = { Keys: keys, ConsistentRead: true };
  }
  return wanted;
};

interface Patience {
  readonly pause: Pause;
  /** Calls at most, for keys that DynamoDB leaves unprocessed. */
  readonly tries: number;
}

/** What a batch has come to: rows, and why places were not read, by address. */
interface Outcome {
  readonly rows: Map<string, Row>;
  readonly failures: Map<string, Error>;
}

const addressOf = ({ table, key }: Place) => address(table, key.pk, key.sk);

const readRounds = async (
  client: DynamoDBDocumentClient,
  places: readonly Place[],
  { rows }: Outcome,
  { pause, tries }: Patience,
): Promise<Wanted> => {
  let wanted = batchRequest(places);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const answer = await client.send(new BatchGetItemCommand({ RequestItems: wanted }));
    for (const [table, items] of Object.entries(answer.Responses ?? {}))
      for (const row of items.map((item): Row => unmarshall(item)))
        rows.set(address(table, row['pk'], row['sk']), row);
    wanted = answer.UnprocessedKeys ?? {};
    if (Object.keys(wanted).length === 0) break;
    await pauseBefore(attempt, pause);
  }
  return wanted;
};

/** A call that one key makes invalid is asked again by halves, until that key fails alone. */
const readChunk = async (
  client: DynamoDBDocumentClient,
  places: readonly Place[],
  outcome: Outcome,
  patience: Patience,
): Promise<void> => {
  try {
    const left = await readRounds(client, places, outcome, patience);
    const busy = new TableBusy(`keys stayed unprocessed ${patience.tries} times`);
    for (const [table, { Keys = [] }] of Object.entries(left))
      for (const { pk, sk } of Keys.map((key) => unmarshall(key)))
        outcome.failures.set(address(table, pk, sk), busy);
  } catch (error) {
    if (isInvalid(error) && places.length > 1) {
      const middle = Math.ceil(places.length / 2);
      await readChunk(client, places.slice(0, middle), outcome, patience);
      await readChunk(client, places.slice(middle), outcome, patience);
    } else {
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const place of places) outcome.failures.set(addressOf(place), failure);
    }
  }
};

/** Items at many places, of any tables, read strongly; the same place is read once. */
export const batchGet = async (
  client: DynamoDBDocumentClient,
  places: readonly Place[],
  pause: Pause = realPause,
  tries: number = TRIES,
): Promise<Found> => {
  const distinct = new Map(places.map((place) => [addressOf(place), place]));
  const outcome: Outcome = { rows: new Map(), failures: new Map() };
  const chunks = chunksOf([...distinct.values()], BATCH);
  await settleAll(chunks.map((chunk) => readChunk(client, chunk, outcome, { pause, tries })));
  return (place) => {
    const failure = outcome.failures.get(addressOf(place));
    if (failure !== undefined) throw failure;
    return outcome.rows.get(addressOf(place));
  };
};
