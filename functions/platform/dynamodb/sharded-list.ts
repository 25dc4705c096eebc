import type { IdRange } from '../ids/time-range.domain.ts';
import type { Page } from '../pages/page.ts';
import { settleAll } from '../settle.domain.ts';

/**
 * Reads a page of one shard: items strictly inside the range, in walking order, and whether more may follow. `last` is
 * the id from which the next read continues; absent: that of the last item.
 */
export type ReadShard<Item> = (
  shard: number,
  range: IdRange,
  limit: number,
) => Promise<{ readonly items: readonly Item[]; readonly more: boolean; readonly last?: string | undefined }>;

export interface ShardedList<Item> {
  readonly shards: number;
  readonly range: IdRange;
  readonly limit: number;
  readonly idOf: (item: Item) => string;
  readonly accepts: (item: Item) => boolean;
  readonly read: ReadShard<Item>;
}

/** The most reads of one page. When a filter matches rarely, the page ends early with the items found so far. */
const MOST_READS = 64;
const SMALLEST_READ = 8;
const LARGEST_READ = 250;

interface Shard<Item> {
  readonly number: number;
  buffer: Item[];
  range: IdRange;
  more: boolean;
}

const narrowed = (range: IdRange, id: string): IdRange =>
  range.walk === 'newest-first' ? { ...range, below: id } : { ...range, above: id };

/** Merges several shards into one list in the order of ids, with a bounded number of reads. */
export const listShards = async <Item>(list: ShardedList<Item>): Promise<Page<Item>> => {
  const { range, limit, idOf } = list;
  if (range.above >= range.below) return { items: [], done: true };
  const shards = Array.from({ length: list.shards }, (_, number): Shard<Item> => ({
    number,
    buffer: [],
    range,
    more: true,
  }));
  const readSize = Math.min(
    LARGEST_READ,
    Math.max(SMALLEST_READ, Math.ceil((2 * (limit + 1)) / list.shards)),
  );
  let reads = 0;

  const fill = async (shard: Shard<Item>) => {
    reads += 1;
    const { items, more, last: lastRead } = await list.read(shard.number, shard.range, readSize);
    shard.buffer = [...items];
    shard.more = more;
    const lastItem = items.at(-1);
    const last = lastRead ?? (lastItem === undefined ? undefined : idOf(lastItem));
    if (last === undefined) shard.more = false;
    else shard.range = narrowed(shard.range, last);
  };

  const comesFirst = (left: Item, right: Item) =>
    range.walk === 'newest-first' ? idOf(left) > idOf(right) : idOf(left) < idOf(right);

  const next = async (): Promise<Item | undefined> => {
    await settleAll(shards.filter(({ buffer, more }) => buffer.length === 0 && more).map(fill));
    let best: Shard<Item> | undefined;
    for (const shard of shards) {
      const [item] = shard.buffer;
      const [leader] = best?.buffer ?? [];
      if (item !== undefined && (leader === undefined || comesFirst(item, leader))) best = shard;
    }
    return best?.buffer.shift();
  };

  const found: Item[] = [];
  let lastSeen: string | undefined;
  while (found.length <= limit) {
    if (reads >= MOST_READS && lastSeen !== undefined) {
      return { items: inListOrder(found, range), done: false, resumeAt: lastSeen };
    }
    const item = await next();
    if (item === undefined) return { items: inListOrder(found, range), done: true };
    if (found.length < Math.max(limit, 1)) lastSeen = idOf(item);
    if (list.accepts(item)) found.push(item);
  }
  return { items: inListOrder(found.slice(0, limit), range), done: false };
};

/** Pages are always newest first, whichever direction was walked. */
const inListOrder = <Item>(items: readonly Item[], range: IdRange): readonly Item[] =>
  range.walk === 'newest-first' ? items : items.toReversed();
