import type { IdPrefix } from '../../../functions/platform/ids/ids.domain.ts';
import { idRange } from '../../../functions/platform/ids/time-range.domain.ts';
import type { Page, TimePageRequest } from '../../../functions/platform/pages/page.ts';

/** The plain model of every list in time: filter, sort, cut. */
export const timePage = <Item extends { readonly id: string }>(
  prefix: IdPrefix,
  items: Iterable<Item>,
  query: TimePageRequest,
  nowMs: number,
  accepts: (item: Item) => boolean = () => true,
): Page<Item> => {
  const { above, below, walk } = idRange(prefix, query, nowMs);
  const inside = [...items]
    .filter((item) => item.id > above && item.id < below && accepts(item))
    .sort((left, right) => (left.id < right.id ? 1 : -1));
  const start = walk === 'newest-first' ? 0 : Math.max(0, inside.length - query.limit);
  return { items: inside.slice(start, start + query.limit), done: inside.length <= query.limit };
};
