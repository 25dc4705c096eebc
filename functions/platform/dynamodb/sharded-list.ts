import type { IdRange } from '../ids/time-range.domain.ts';
import type { Page } from '../pages/page.ts';
import { settleAll } from '../settle.domain.ts';

/**
 * Reads a page of one shard: items strictly inside the range, in walking order, and whether more may follow. `last` is
 * the id from which the next read continues: every item up to it has been read; absent: that of the last item.
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
  /** Merges items of several shards that have one id; absent: an id is in one shard only. */
  readonly merge?: (left: Item, right: Item) => Item;
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

/** The next item of a list; `stopped`: too many reads are needed to know it, but every item before `at` is known. */
type Next<Item> =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'end' }
  | { readonly kind: 'stopped'; readonly at: string };

/** Merges several shards into one list in the order of ids, with a bounded number of reads. */
export const listShards = async <Item>(list: ShardedList<Item>): Promise<Page<Item>> => {
  const { range, limit, idOf, merge = (left: Item) => left } = list;
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

  const comesFirst = (left: string, right: string) =>
    range.walk === 'newest-first' ? left > right : left < right;
  const firstOf = (ids: readonly string[]): string | undefined =>
    ids.length === 0 ? undefined : ids.reduce((left, right) => (comesFirst(right, left) ? right : left));
  /** Where the unread rest of a shard begins. */
  const restOf = ({ range: rest }: Shard<Item>) => (range.walk === 'newest-first' ? rest.below : rest.above);
  const headsOf = () => shards.flatMap(({ buffer }) => buffer.slice(0, 1).map(idOf));

  /** Takes the items with this id out of the buffers and merges them. */
  const take = (id: string): Item | undefined => {
    const taken = shards.filter(({ buffer: [head] }) => head !== undefined && idOf(head) === id);
    const items = taken.flatMap(({ buffer }) => buffer.splice(0, 1));
    return items.length === 0 ? undefined : items.reduce(merge);
  };

  const next = async (): Promise<Next<Item>> => {
    for (;;) {
      const first = firstOf(headsOf());
      // Only shards whose rest may contain this item or an earlier one must be read on.
      const unread = shards.filter(
        (shard) =>
          shard.buffer.length === 0 &&
          shard.more &&
          (first === undefined || comesFirst(restOf(shard), first)),
      );
      const at = firstOf(unread.map(restOf));
      if (at === undefined) {
        const item = first === undefined ? undefined : take(first);
        return item === undefined ? { kind: 'end' } : { kind: 'item', item };
      }
      if (reads >= MOST_READS) return { kind: 'stopped', at };
      await settleAll(unread.map(fill));
    }
  };

  const found: Item[] = [];
  while (found.length <= limit) {
    const one = await next();
    if (one.kind === 'stopped') return { items: inListOrder(found, range), done: false, resumeAt: one.at };
    if (one.kind === 'end') return { items: inListOrder(found, range), done: true };
    if (list.accepts(one.item)) found.push(one.item);
  }
  return { items: inListOrder(found.slice(0, limit), range), done: false };
};

/** Pages are always newest first, whichever direction was walked. */
const inListOrder = <Item>(items: readonly Item[], range: IdRange): readonly Item[] =>
  range.walk === 'newest-first' ? items : items.toReversed();
