import type { IdRange } from '../ids/time-range.domain.ts';
import { readableRows } from './readable-rows.ts';
import { queryPage } from './table.ts';
import type { Index } from './indexes.ts';
import type { Row } from './table.ts';
import type { DynamoClient } from '../aws/command.ts';

export interface IdShard {
  readonly table: string;
  /** Set if the partition is one of an index. */
  readonly index?: Index;
  readonly pk: string;
  readonly range: IdRange;
  readonly limit: number;
}

/**
 * One read of a partition sorted by id, strong unless it is of an index: rows strictly inside the range, in walking
 * order. `last` is the id of the last row read, even if that row is unreadable and left out of `items`.
 */
export const readIdShard = async <Item>(
  client: DynamoClient,
  { table, index, pk, range, limit }: IdShard,
  parse: (row: Row) => Item,
): Promise<{
  readonly items: readonly Item[];
  readonly more: boolean;
  readonly last: string | undefined;
}> => {
  const page = await queryPage(client, {
    table,
    ...(index === undefined ? {} : { index }),
    pk,
    low: range.above,
    high: range.below,
    forward: range.walk === 'oldest-first',
    strong: index === undefined,
    limit: limit + 1, // one bound may be the cursor's id, which BETWEEN includes and the range excludes
  });
  const idOf = (row: Row) => row[index?.sk ?? 'sk'];
  const inside = page.rows.filter((row) => idOf(row) !== range.above && idOf(row) !== range.below);
  const lastRow = inside.at(-1);
  const last = lastRow === undefined ? undefined : idOf(lastRow);
  return {
    items: readableRows(inside, parse),
    more: page.after !== undefined,
    last: typeof last === 'string' ? last : undefined,
  };
};
