import type { BatchGetItemCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { chunksOf } from '../concurrency/chunks.ts';
import type { Pause, Place, Row } from './table.ts';
import { TRIES, TableBusy, pauseBefore, realPause } from './table.ts';
import { settleAll } from '../settle.domain.ts';

const address = (table: string, pk: unknown, sk: unknown) => JSON.stringify([table, pk, sk]);

/** The answer to a batch: the item at a place, undefined where there is none. */
export type Found = (place: Place) => Row | undefined;

type Rows = readonly (readonly [address: string, row: Row])[];

const BATCH = 100; // BatchGetItem's limit

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

const readChunk = async (client: DynamoDBClient, chunk: readonly Place[], pause: Pause): Promise<Rows> => {
  const rows: [string, Row][] = [];
  let wanted = batchRequest(chunk);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const answer = await client.send(new BatchGetItemCommand({ RequestItems: wanted }));
    for (const [table, items] of Object.entries(answer.Responses ?? {})) {
      const found = items.map((item): Row => unmarshall(item));
      rows.push(...found.map((row): [string, Row] => [address(table, row['pk'], row['sk']), row]));
    }
    wanted = answer.UnprocessedKeys ?? {};
    if (Object.keys(wanted).length === 0) return rows;
    await pauseBefore(attempt, pause);
  }
  throw new TableBusy(`keys stayed unprocessed ${TRIES} times`);
};

/** Items at many places, of any tables, read strongly; twins are read once. TableBusy when some stay unread. */
export const batchGet = async (
  client: DynamoDBClient,
  places: readonly Place[],
  pause: Pause = realPause,
): Promise<Found> => {
  const distinct = new Map(places.map((place) => [address(place.table, place.key.pk, place.key.sk), place]));
  const chunks = chunksOf([...distinct.values()], BATCH);
  const rows = new Map((await settleAll(chunks.map((chunk) => readChunk(client, chunk, pause)))).flat());
  return ({ table, key }) => rows.get(address(table, key.pk, key.sk));
};
