import type { ScanCommandInput } from '@aws-sdk/lib-dynamodb';
import { keyInRow } from './table.ts';
import type { Row } from './table.ts';
import { ScanCommand } from './commands.ts';
import type { DynamoClient } from '../aws/command.ts';

/** A segment of a parallel scan: `number` from 0, `of` segments in all. */
export interface Segment {
  readonly number: number;
  readonly of: number;
}

/** Items of a segment. `next` is the opaque position of the next page; undefined at the end. */
export interface SegmentPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

export type ScanFilter = Pick<
  ScanCommandInput,
  'FilterExpression' | 'ProjectionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

interface PageOptions {
  readonly after: string | undefined;
  /** Rows that are read, whether or not they pass the filter. */
  readonly limit: number;
  readonly filter?: ScanFilter;
}

/** Reads one page of a segment with strong consistency. A page may be empty and still have a `next`. */
export const scanSegment = async (
  client: DynamoClient,
  table: string,
  segment: Segment,
  { after, limit, filter }: PageOptions,
): Promise<SegmentPage<Row>> => {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new ScanCommand({
      TableName: table,
      Segment: segment.number,
      TotalSegments: segment.of,
      ConsistentRead: true,
      Limit: limit,
      ...filter,
      ...(after === undefined ? {} : { ExclusiveStartKey: keyInRow.parse(JSON.parse(after)) }),
    }),
  );
  const next = LastEvaluatedKey === undefined ? undefined : JSON.stringify(LastEvaluatedKey);
  return { items: Items, next };
};

/** Rows of a page of `scanTable`: DynamoDB ends a page at a megabyte anyway. */
const PAGE = 1_000;

/** All rows of a table, page by page. Only operators' commands may scan; functions have no permission to. */
export async function* scanTable(
  client: DynamoClient,
  table: string,
  filter: ScanFilter = {},
): AsyncGenerator<readonly Row[]> {
  let after: string | undefined;
  do {
    const page = await scanSegment(client, table, { number: 0, of: 1 }, { after, limit: PAGE, filter });
    yield page.items;
    after = page.next;
  } while (after !== undefined);
}
