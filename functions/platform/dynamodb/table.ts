import { setTimeout as wait } from 'node:timers/promises';
import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Key } from './keys.ts';

/** What every store asks of DynamoDB. Rows are items as plain values; each store parses its own by a schema. */
export type Row = Readonly<Record<string, unknown>>;

/** An item's whole address. */
export interface Place {
  readonly table: string;
  readonly key: Key;
}

/** How retries wait: `random` in [0, 1), `sleep` in ms. Tests give their own. */
export interface Pause {
  random(): number;
  sleep(ms: number): Promise<void>;
}

export const realPause: Pause = { random: Math.random, sleep: (ms) => wait(ms) };

/** DynamoDB did not get to it after all our retries; the same request may succeed later. */
export class TableBusy extends Error {
  override readonly name = 'TableBusy';
}

/** Whether DynamoDB refused a request for its form, so that the same request will never succeed. */
export const isInvalid = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationException';

const FIRST_PAUSE_MS = 10; // about one transaction
const LONGEST_PAUSE_MS = 300;
export const TRIES = 30; // some four seconds of full jitter, inside API Gateway's 29

/** Full jitter: a random part of a doubling time. `attempt` counts from 0. */
export const pauseBefore = (attempt: number, pause: Pause): Promise<void> =>
  pause.sleep(Math.floor(pause.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)));

/** One item by its address, read strongly. */
export const getRow = async (
  client: DynamoDBDocumentClient,
  { table, key }: Place,
): Promise<Row | undefined> => {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true }),
  );
  return Item === undefined ? undefined : unmarshall(Item);
};

/** Items of one partition with low <= sk <= high. */
export interface Range {
  readonly table: string;
  readonly pk: string;
  readonly low: string;
  readonly high: string;
  readonly forward: boolean;
  readonly strong: boolean;
  /** Items read at most; absent: as many as fit 1 MB. */
  readonly limit?: number;
}

type Position = Record<string, AttributeValue>;

/** `after` is where the next page of the same range starts; undefined: the range is read. */
export interface RowPage {
  readonly rows: readonly Row[];
  readonly after: Position | undefined;
}

const rangeRequest = (range: Range, after: Position | undefined): QueryCommandInput => ({
  TableName: range.table,
  KeyConditionExpression: 'pk = :pk AND sk BETWEEN :low AND :high',
  ExpressionAttributeValues: marshall({ ':pk': range.pk, ':low': range.low, ':high': range.high }),
  ScanIndexForward: range.forward,
  ConsistentRead: range.strong,
  ...(range.limit === undefined ? {} : { Limit: range.limit }),
  ...(after === undefined ? {} : { ExclusiveStartKey: after }),
});

/** One page of a range. It may be empty and still have an `after`. */
export const queryPage = async (
  client: DynamoDBDocumentClient,
  range: Range,
  after?: Position,
): Promise<RowPage> => {
  const answer = await client.send(new QueryCommand(rangeRequest(range, after)));
  return { rows: (answer.Items ?? []).map((item) => unmarshall(item)), after: answer.LastEvaluatedKey };
};

/** Pages of 1 MB that one request reads of a partition: some five seconds at what a partition of DynamoDB gives. */
const MOST_PAGES = 64;

/** A range has more than one request may read. */
export class RangeTooLong extends Error {
  override readonly name = 'RangeTooLong';
}

/** The pages of a range, one after the other; none is kept. Throws RangeTooLong after `most`. */
export async function* pagesOf(
  client: DynamoDBDocumentClient,
  range: Range,
  most = MOST_PAGES,
): AsyncGenerator<readonly Row[]> {
  let after: Position | undefined;
  for (let pages = 0; pages < most; pages += 1) {
    const page = await queryPage(client, range, after);
    yield page.rows;
    after = page.after;
    if (after === undefined) return;
  }
  throw new RangeTooLong(`more than ${most} pages`);
}

/** All of a range, page after page. */
export const queryAll = async (client: DynamoDBDocumentClient, range: Range): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  let after: Position | undefined;
  do {
    const page = await queryPage(client, range, after);
    rows.push(...page.rows);
    after = page.after;
  } while (after !== undefined);
  return rows;
};

/** The least sort key that lies behind all that begin with `prefix`. */
export const behind = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
