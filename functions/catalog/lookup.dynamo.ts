import type { Page, PageRequest } from '../platform/pages/page.ts';
import type { Catalog } from './commit.dynamo.ts';
import { readReservation } from './items.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import { readableRows } from '../platform/dynamodb/readable-rows.ts';
import type { Range, Row } from '../platform/dynamodb/table.ts';
import { getRow, pauseBefore, queryPage } from '../platform/dynamodb/table.ts';

/** Ids and uids have 256 characters at most; what is longer names nothing, and would not fit a key. */
const LONGEST_NAME = 256;
export const isValidName = (text: string): boolean => text.length <= LONGEST_NAME;

const LOOKS = 4;

/**
 * What a uid stands for. `read` answers undefined where that item does not (or not yet: a transaction becomes visible
 * item by item) carry the uid; then the reservation is read again, a few times.
 */
export const followUid = async <Item>(
  { client, table, pause }: Pick<Catalog, 'client' | 'table' | 'pause'>,
  reservation: Key,
  read: (id: string) => Promise<Item | undefined>,
): Promise<Item | undefined> => {
  for (let look = 0; look < LOOKS; look += 1) {
    const reserved = await getRow(client, { table, key: reservation });
    if (reserved === undefined) return undefined;
    const item = await read(readReservation(reserved).id);
    if (item !== undefined) return item;
    await pauseBefore(look, pause);
  }
  return undefined;
};

/** A list that is a range of one partition. `keyOf` gives the sort key of an item's id. */
export interface Listing<Item> {
  readonly range: Pick<Range, 'table' | 'pk' | 'low' | 'high'>;
  readonly keyOf: (id: string) => string;
  readonly idOf: (item: Item) => string;
  readonly parse: (row: Row) => Item;
  readonly keep: (item: Item) => boolean;
}

/** Reads that one page may cost, of 1 MB each: only a filter that lets little through needs more than one. */
const MOST_READS = 10;
const LONGEST_KEY = 1_024; // bytes, DynamoDB's limit of a sort key

const cut = (key: string) => Buffer.from(key).subarray(0, LONGEST_KEY).toString();

/** The part of the range that lies beyond the cursor in the direction walked; the cursor's own key included. */
const rangeFrom = <Item>({ range, keyOf }: Listing<Item>, page: PageRequest): Range => {
  const forward = (page.order === 'ascending') === (page.cursor?.direction !== 'previous');
  const whole = { ...range, forward, strong: true };
  if (page.cursor === null) return whole;
  const key = cut(keyOf(page.cursor.id));
  return forward ? { ...whole, low: key } : { ...whole, high: key };
};

interface Walk<Item> {
  readonly items: Item[];
  overflow: boolean;
  lastId: string | undefined;
}

/** Takes what fits; true when the page is full and one more was seen. */
const take = <Item>(
  walk: Walk<Item>,
  found: readonly Item[],
  listing: Listing<Item>,
  page: PageRequest,
): boolean => {
  for (const item of found) {
    const id = listing.idOf(item);
    if (id === page.cursor?.id) continue;
    if (listing.keep(item)) {
      walk.overflow = walk.items.length === page.limit;
      if (walk.overflow) return true;
      walk.items.push(item);
    }
    walk.lastId = id;
  }
  return false;
};

/** One page, read strongly; in the list's order whichever way it was walked. */
export const listPage = async <Item>(
  client: Catalog['client'],
  listing: Listing<Item>,
  page: PageRequest,
): Promise<Page<Item>> => {
  const range = rangeFrom(listing, page);
  const walk: Walk<Item> = { items: [], overflow: false, lastId: undefined };
  // Two more than asked for: the cursor itself, and the one that tells whether there is more.
  let read = await queryPage(client, { ...range, limit: page.limit + 2 });
  for (let reads = 1; !take(walk, readableRows(read.rows, listing.parse), listing, page); reads += 1) {
    if (read.after === undefined || reads === MOST_READS) break;
    read = await queryPage(client, range, read.after);
  }
  const items = page.cursor?.direction === 'previous' ? walk.items.toReversed() : walk.items;
  const done = !walk.overflow && read.after === undefined;
  const stoppedEarly = !walk.overflow && !done && walk.lastId !== undefined;
  return { items, done, ...(stoppedEarly && walk.lastId !== undefined ? { resumeAt: walk.lastId } : {}) };
};
