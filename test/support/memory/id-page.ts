import type { Page, PageRequest } from '../../../functions/platform/pages/page.ts';

/** One page of items in the order of their ids, as functions/platform/pages/page.ts describes it. */
export const idPage = <Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  { limit, cursor, order }: PageRequest,
): Page<Item> => {
  const sorted = items.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const ordered = order === 'ascending' ? sorted : sorted.toReversed();
  const back = cursor?.direction === 'previous';
  const walk = back ? ordered.toReversed() : ordered;
  const ascends = (order === 'ascending') !== back;
  const rest = walk.filter(
    (item) => cursor === null || (ascends ? idOf(item) > cursor.id : idOf(item) < cursor.id),
  );
  const taken = rest.slice(0, limit);
  return { items: back ? taken.toReversed() : taken, done: rest.length <= limit };
};
