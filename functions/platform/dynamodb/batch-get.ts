import type { BatchGetCommandInput } from '@aws-sdk/lib-dynamodb';
import { chunksOf } from '../concurrency/chunks.ts';
import type { EventualPlace, Pause, Place, Row } from './table.ts';
import { TRIES, TableBusy, address, isInvalid, pauseBefore, realPause } from './table.ts';
import { settleAll } from '../settle.domain.ts';
import { BatchGetCommand } from './commands.ts';
import type { DynamoClient } from '../aws/command.ts';

/**
 * Looks up a place in the result of a batch: the row, or undefined where there is none. Throws if that place could not
 * be read (TableBusy: it was throttled), so that only the work that needs this row fails.
 */
export type Found = (place: Place) => Row | undefined;

const BATCH = 100; // BatchGetItem's limit
/** Tries of a read whose caller repeats the missing places later: a tenth of a second in all. */
export const FEW_TRIES = 5;

type RequestItems = NonNullable<BatchGetCommandInput['RequestItems']>;

/**
 * The request for up to 100 distinct places, of any tables. A call reads a table either strongly or not, so eventual
 * consistency takes effect where all places of a table allow it.
 */
const batchRequest = (places: readonly (Place | EventualPlace)[]): RequestItems =>
  Object.fromEntries(
    [...Map.groupBy(places, ({ table }) => table)].map(([table, some]) => [
      table,
      {
        Keys: some.map(({ key: { pk, sk } }) => ({ pk, sk })),
        ConsistentRead: some.some((place) => !('eventual' in place)),
      },
    ]),
  );

interface RetryOptions {
  readonly pause: Pause;
  /** The most calls for keys that DynamoDB leaves unprocessed. */
  readonly tries: number;
}

/** The result of a batch by address: rows, and the failures of places that could not be read. */
interface Outcome {
  readonly rows: Map<string, Row>;
  readonly failures: Map<string, Error>;
}

const addressOf = ({ table, key }: Place) => address(table, key.pk, key.sk);

/** Reads up to 100 places and returns the keys that stayed unprocessed after all tries. */
const readUnprocessed = async (
  client: DynamoClient,
  places: readonly Place[],
  { rows }: Outcome,
  { pause, tries }: RetryOptions,
): Promise<RequestItems> => {
  let unprocessed = batchRequest(places);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const answer = await client.send(new BatchGetCommand({ RequestItems: unprocessed }));
    for (const [table, items] of Object.entries(answer.Responses ?? {}))
      for (const row of items) rows.set(address(table, row['pk'], row['sk']), row);
    unprocessed = answer.UnprocessedKeys ?? {};
    if (Object.keys(unprocessed).length === 0) break;
    await pauseBefore(attempt, pause);
  }
  return unprocessed;
};

/** Reads one chunk. A request that one key makes invalid is bisected, until that key fails alone. */
const readChunk = async (
  client: DynamoClient,
  places: readonly Place[],
  outcome: Outcome,
  options: RetryOptions,
): Promise<void> => {
  try {
    const left = await readUnprocessed(client, places, outcome, options);
    const busy = new TableBusy(`keys stayed unprocessed ${options.tries} times`);
    for (const [table, { Keys = [] }] of Object.entries(left))
      for (const { pk, sk } of Keys) outcome.failures.set(address(table, pk, sk), busy);
  } catch (error) {
    if (isInvalid(error) && places.length > 1) {
      const middle = Math.ceil(places.length / 2);
      await readChunk(client, places.slice(0, middle), outcome, options);
      await readChunk(client, places.slice(middle), outcome, options);
    } else {
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const place of places) outcome.failures.set(addressOf(place), failure);
    }
  }
};

/**
 * Reads rows at many places, of any tables, with strong consistency, except at eventual places. A place that is given twice
 * is read once.
 */
export const batchGet = async (
  client: DynamoClient,
  places: readonly (Place | EventualPlace)[],
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
