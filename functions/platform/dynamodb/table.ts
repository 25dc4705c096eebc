import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Index } from './indexes.ts';
import type { Key } from './keys.ts';
import { GetCommand, QueryCommand } from './commands.ts';
import type { DynamoClient } from '../aws/command.ts';

/** An item as plain values. Each adapter parses its own rows with a schema. */
export type Row = Readonly<Record<string, unknown>>;

/** The key in a row. */
export const keyInRow = z.object({ pk: z.string(), sk: z.string() });

/** The table and key of an item. */
export interface Place {
  readonly table: string;
  readonly key: Key;
}

/** One text for a place; the length keeps two places apart whose keys contain the separator. */
export const address = (table: string, pk: unknown, sk: unknown): string => {
  const partition = String(pk);
  return `${table} ${partition.length} ${partition} ${String(sk)}`;
};

/** A place that a batch may read with eventual consistency, at half the price: a write of the last second may be missed. */
export interface EventualPlace extends Place {
  readonly eventual: true;
}

/** Randomness and clock of the backoff: `random` in [0, 1), `sleep` in ms. Tests replace them. */
export interface Pause {
  random(): number;
  sleep(ms: number): Promise<void>;
}

export const realPause: Pause = { random: Math.random, sleep: (ms) => wait(ms) };

/** DynamoDB throttled the request, or conflicts prevented it, on every retry. The same request may succeed later. */
export class TableBusy extends Error {
  override readonly name = 'TableBusy';
}

/** Whether DynamoDB rejected the request itself, so that a repeat will never succeed. */
export const isInvalid = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationException';

const FIRST_PAUSE_MS = 10; // about one transaction
const LONGEST_PAUSE_MS = 300;
export const TRIES = 30; // about four seconds with full jitter, within API Gateway's 29 s

/** Exponential backoff with full jitter. `attempt` counts from 0. */
export const pauseBefore = (attempt: number, pause: Pause): Promise<void> =>
  pause.sleep(Math.floor(pause.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)));

/** Reads one item with strong consistency; undefined where there is none. */
export const getRow = async (client: DynamoClient, { table, key }: Place): Promise<Row | undefined> => {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
  return Item;
};

/** Reads one item with strong consistency and parses it; undefined where there is none. */
export const readRow = async <Item>(
  client: DynamoClient,
  place: Place,
  parse: (row: Row) => Item,
): Promise<Item | undefined> => {
  const row = await getRow(client, place);
  return row === undefined ? undefined : parse(row);
};

/** Items of one partition with low <= sk <= high. */
export interface Range {
  readonly table: string;
  /** Read instead of the table; an index cannot be read strongly. */
  readonly index?: Index;
  readonly pk: string;
  readonly low: string;
  readonly high: string;
  readonly forward: boolean;
  readonly strong: boolean;
  /** The most items that a page reads; absent: as many as fit into 1 MB. */
  readonly limit?: number;
  /** Leaves out items after they were read. */
  readonly filter?: { readonly expression: string; readonly values: Readonly<Record<`:${string}`, unknown>> };
}

/** `after` is the position of the range's next page; undefined at the end. */
export interface RowPage {
  readonly rows: readonly Row[];
  readonly after: Row | undefined;
}

const rangeRequest = (range: Range, after: Row | undefined): QueryCommandInput => ({
  TableName: range.table,
  ...(range.index === undefined ? {} : { IndexName: range.index.name }),
  KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :low AND :high',
  ...(range.filter === undefined ? {} : { FilterExpression: range.filter.expression }),
  ExpressionAttributeNames: { '#pk': range.index?.pk ?? 'pk', '#sk': range.index?.sk ?? 'sk' },
  ExpressionAttributeValues: {
    ...{ ':pk': range.pk, ':low': range.low, ':high': range.high },
    ...range.filter?.values,
  },
  ScanIndexForward: range.forward,
  ConsistentRead: range.strong,
  ...(range.limit === undefined ? {} : { Limit: range.limit }),
  ...(after === undefined ? {} : { ExclusiveStartKey: after }),
});

/** Reads one page of a range. A page may be empty and still have an `after`. */
export const queryPage = async (client: DynamoClient, range: Range, after?: Row): Promise<RowPage> => {
  const answer = await client.send(new QueryCommand(rangeRequest(range, after)));
  return { rows: answer.Items ?? [], after: answer.LastEvaluatedKey };
};

/** The most 1 MB pages that one request reads from a partition: about five seconds at a partition's throughput. */
const MOST_PAGES = 64;

/** A range has more pages than one request may read. */
export class RangeTooLong extends Error {
  override readonly name = 'RangeTooLong';
}

/** Yields the pages of a range without keeping them. Throws RangeTooLong after `most` pages. */
export async function* pagesOf(
  client: DynamoClient,
  range: Range,
  most = MOST_PAGES,
): AsyncGenerator<readonly Row[]> {
  let after: Row | undefined;
  for (let pages = 0; pages < most; pages += 1) {
    const page = await queryPage(client, range, after);
    yield page.rows;
    after = page.after;
    if (after === undefined) return;
  }
  throw new RangeTooLong(`more than ${most} pages`);
}

/** Reads all pages of a range. */
export const queryAll = async (client: DynamoClient, range: Range): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  let after: Row | undefined;
  do {
    const page = await queryPage(client, range, after);
    rows.push(...page.rows);
    after = page.after;
  } while (after !== undefined);
  return rows;
};

/** The smallest sort key after all keys that begin with `prefix`: the upper bound of a query for the prefix. */
export const prefixEnd = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
