import { logger } from '../lambda/logger.ts';
import type { Row } from './table.ts';

/**
 * Parses rows of a list or a batch independently. Leaves out rows that this release cannot read, so that they do not
 * fail the others, and logs their number with the key of the first. Only for reads where a missing row is harmless: where
 * it would drop a delivery, parse and throw instead.
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
    logger.error('left out rows that cannot be read', {
      ...{ count: unreadable.length, pk: row['pk'], sk: row['sk'], reason },
    });
  }
  return items;
};

/** Parses a row; undefined if this release cannot read it. For what counts or repairs such rows. */
export const ifReadable =
  <Item>(parse: (row: Row) => Item) =>
  (row: Row): Item | undefined => {
    try {
      return parse(row);
    } catch {
      return undefined;
    }
  };
