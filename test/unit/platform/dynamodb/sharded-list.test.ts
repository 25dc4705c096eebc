import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IdRange } from '../../../../functions/platform/ids/time-range.domain.ts';
import { listShards } from '../../../../functions/platform/dynamodb/sharded-list.ts';
import type { ReadShard } from '../../../../functions/platform/dynamodb/sharded-list.ts';

const SHARDS = 8;
type Walk = IdRange['walk'];

const idOf = (number: number) => `id_${String(number).padStart(6, '0')}`;
const isInside = (id: string, { above, below }: IdRange) => id > above && id < below;

/** An in-memory table; `arrive` returns the rows to add before each read. */
const makeTable = (numbers: readonly number[], arrive: () => readonly number[] = () => []) => {
  const shards = Array.from({ length: SHARDS }, () => [] as string[]);
  const put = (number: number) => shards[(number * 7919) % SHARDS]!.push(idOf(number));
  numbers.forEach(put);
  const counts = { reads: 0 };
  const read: ReadShard<string> = async (shard, range, limit) => {
    counts.reads += 1;
    arrive().forEach(put);
    const inside = shards[shard]!.filter((id) => isInside(id, range)).sort();
    const walked = range.walk === 'newest-first' ? inside.reverse() : inside;
    return { items: walked.slice(0, limit), more: walked.length > limit };
  };
  return { read, counts };
};

const everything = (walk: Walk): IdRange => ({ above: 'id_', below: 'id_x', walk });

interface Query {
  readonly limit: number;
  readonly walk: Walk;
  readonly accepts?: (id: string) => boolean;
}

/** All pages, each continuing where the page before ended. */
const pagesOf = async (read: ReadShard<string>, { limit, walk, accepts = () => true }: Query) => {
  const pages: (readonly string[])[] = [];
  let range = everything(walk);
  for (;;) {
    const page = await listShards({ shards: SHARDS, range, limit, idOf: (id: string) => id, accepts, read });
    pages.push(page.items);
    if (page.done) return pages;
    const last = walk === 'newest-first' ? page.items.at(-1) : page.items[0];
    const next = page.resumeAt ?? last;
    if (next === undefined) throw new Error('the page has no position to continue from');
    range = walk === 'newest-first' ? { ...range, below: next } : { ...range, above: next };
  }
};

const walk = fc.constantFrom<Walk>('newest-first', 'oldest-first');
const numbers = (most: number) => fc.uniqueArray(fc.nat({ max: 4_000 }), { maxLength: most });
/** The items of all pages, newest first. */
const inOrder = (pages: readonly (readonly string[])[], direction: Walk) =>
  (direction === 'newest-first' ? pages : pages.toReversed()).flat();

describe('list over shards', () => {
  it('has the same pages as a sorted array in both directions', async () => {
    await fc.assert(
      fc.asyncProperty(
        numbers(120),
        walk,
        fc.integer({ min: 1, max: 40 }),
        async (some, direction, limit) => {
          const pages = await pagesOf(makeTable(some).read, { limit, walk: direction });
          expect(inOrder(pages, direction)).toEqual(some.map(idOf).sort().reverse());
          expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
          expect(pages).toHaveLength(Math.max(1, Math.ceil(some.length / limit)));
        },
      ),
    );
  });

  it('finds every item that a filter accepts, in pages that may be short but always continue', async () => {
    const rare = fc.integer({ min: 1, max: 400 });
    await fc.assert(
      fc.asyncProperty(
        numbers(1500),
        walk,
        fc.integer({ min: 1, max: 10 }),
        rare,
        async (some, direction, limit, each) => {
          const accepts = (id: string) => Number(id.slice(3)) % each === 0;
          const pages = await pagesOf(makeTable(some).read, { limit, walk: direction, accepts });
          expect(inOrder(pages, direction)).toEqual(some.map(idOf).filter(accepts).sort().reverse());
          expect(pages.every(({ length }) => length <= limit)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('returns each existing item once while new items arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        numbers(120),
        walk,
        fc.integer({ min: 1, max: 12 }),
        async (some, direction, limit) => {
          let next = 5_000;
          const arriving = () => (next < 5_200 ? [next++] : []);
          const seen = (await pagesOf(makeTable(some, arriving).read, { limit, walk: direction })).flat();
          expect(new Set(seen).size).toBe(seen.length);
          expect(some.map(idOf).filter((id) => !seen.includes(id))).toEqual([]);
        },
      ),
    );
  });

  it('needs a bounded number of reads for a filter that accepts nothing', async () => {
    const { read, counts } = makeTable(Array.from({ length: 4_000 }, (_, index) => index));
    const range = everything('newest-first');
    const page = await listShards({
      shards: SHARDS,
      range,
      limit: 5,
      idOf: (id: string) => id,
      accepts: () => false,
      read,
    });
    expect(page).toMatchObject({ items: [], done: false });
    expect(page.resumeAt! < idOf(3_700)).toBe(true);
    expect(counts.reads).toBeLessThan(64 + SHARDS);
  });

  it('reads each shard once for a page of a short list', async () => {
    const { read, counts } = makeTable([1, 2, 3]);
    await pagesOf(read, { limit: 50, walk: 'newest-first' });
    expect(counts.reads).toBe(SHARDS);
  });

  it('says for a limit of 0 whether there are items', async () => {
    const list = {
      shards: SHARDS,
      range: everything('newest-first'),
      limit: 0,
      idOf: (id: string) => id,
      accepts: () => true,
    };
    expect(await listShards({ ...list, read: makeTable([]).read })).toEqual({ items: [], done: true });
    expect(await listShards({ ...list, read: makeTable([1]).read })).toEqual({ items: [], done: false });
  });

  it('reads nothing when its bounds cross', async () => {
    const { read, counts } = makeTable([1]);
    const range: IdRange = { above: 'id_x', below: 'id_', walk: 'newest-first' };
    const page = await listShards({
      shards: SHARDS,
      range,
      limit: 5,
      idOf: (id: string) => id,
      accepts: () => true,
      read,
    });
    expect([page, counts.reads]).toEqual([{ items: [], done: true }, 0]);
  });
});
