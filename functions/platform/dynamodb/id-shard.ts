import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { IdRange } from '../ids/time-range.domain.ts';
import { readableRows } from './readable-rows.ts';
import { queryPage } from './table.ts';
import type { Row } from './table.ts';

export interface IdShard {
  readonly table: string;
  readonly pk: string;
  readonly range: IdRange;
  readonly limit: number;
}

/**
 * One strong read of a partition sorted by id: rows strictly inside the range, in walking order. `last` is the id of the
 * last row read, even if that row is unreadable and left out of `items`.
 */
export const readIdShard = async <Item>(
  client: DynamoDBDocumentClient,
  { table, pk, range, limit }: IdShard,
  parse: (row: Row) => Item,
): Promise<{
  readonly items: readonly Item[];
  readonly more: boolean;
  readonly last: string | undefined;
}> => {
  const page = await queryPage(client, {
    table,
    pk,
    low: range.above,
    high: range.below,
    forward: range.walk === 'oldest-first',
    strong: true,
    limit: limit + 1, // one bound may be the cursor's id, which BETWEEN includes and the range excludes
  });
  const inside = page.rows.filter(({ sk }) => sk !== range.above && sk !== range.below);
  const last = inside.at(-1)?.['sk'];
  return {
    items: readableRows(inside, parse),
    more: page.after !== undefined,
    last: typeof last === 'string' ? last : undefined,
  };
};
