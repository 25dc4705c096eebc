import { logger } from '../lambda/logger.ts';
import type { Row } from './table.ts';

/**
 * Parses rows of a list or a batch, each by itself. Those that this release cannot read are left out, since they say
 * nothing about the rows beside them, and logged in one line with their number and the first one's key. For reads that
 * can do without: where an absence would drop something, parse and throw.
 */
export const readableRows = <Item>(rows: readonly Row[], parse: (row: Row) => Item): readonly Item[] => {
  const unreadable: { readonly row: Row; readonly error: unknown }[] = [];
  const items = rows.flatMap((row) => {
    try {
      return [parse(row)];
    } catch (error) {
      unreadable.push({ row, error });
      return [];
    }
  });
  const [first] = unreadable;
  if (first !== undefined) {
    const { row, error } = first;
    const reason = error instanceof Error ? error.message : String(error);
    logger.error('rows cannot be read and are left out', {
      ...{ count: unreadable.length, pk: row['pk'], sk: row['sk'], reason },
    });
  }
  return items;
};
