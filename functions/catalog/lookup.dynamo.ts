import type { IdPrefix } from '../platform/ids/ids.domain.ts';
import type { Page, PageRequest } from '../platform/pages/page.ts';
import type { Catalog } from './commit.dynamo.ts';
import { readReservation } from './items.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import { readableRows } from '../platform/dynamodb/readable-rows.ts';
import type { Range, Row } from '../platform/dynamodb/table.ts';
import { pauseBefore, queryPage, readRow } from '../platform/dynamodb/table.ts';

/** Ids and uids have at most 256 characters; a longer text names nothing and may not fit into a key. */
const LONGEST_NAME = 256;
export const isValidName = (text: string): boolean => text.length <= LONGEST_NAME;

/** Reads of a uid's reservation whose item does not have the uid. */
const LOOKUPS = 4;

/**
 * Finds an item by its uid. `read` returns undefined if the item does not have the uid, or not yet, since a transaction
 * becomes visible item by item; then the reservation is read again, up to four times.
 */
export const followUid = async <Item>(
  { client, table, pause }: Pick<Catalog, 'client' | 'table' | 'pause'>,
  reservation: Key,
  read: (id: string) => Promise<Item | undefined>,
): Promise<Item | undefined> => {
  for (let lookup = 0; lookup < LOOKUPS; lookup += 1) {
    const reserved = await readRow(client, { table, key: reservation }, readReservation);
    if (reserved === undefined) return undefined;
    const item = await read(reserved.id);
    if (item !== undefined) return item;
    await pauseBefore(lookup, pause);
  }
  return undefined;
};

/** How an item is found by its id, which has the prefix, or by its uid, which cannot begin with it. */
interface Lookup<Item> {
  readonly prefix: IdPrefix;
  readonly read: (id: string) => Promise<Item | undefined>;
  /** The key of the row that says whose the uid is. */
  readonly reservation: (uid: string) => Key;
}

export const findByIdOrUid = async <Item extends { readonly uid: string | null }>(
  catalog: Pick<Catalog, 'client' | 'table' | 'pause'>,
  idOrUid: string,
  { prefix, read, reservation }: Lookup<Item>,
): Promise<Item | undefined> => {
  if (!isValidName(idOrUid)) return undefined;
  if (idOrUid.startsWith(prefix)) return read(idOrUid);
  return followUid(catalog, reservation(idOrUid), async (id) => {
    const found = await read(id);
    return found?.uid === idOrUid ? found : undefined;
  });
};

/** A list that is a range of one partition. `keyOf` returns the sort key of an id. */
export interface Listing<Item> {
  readonly range: Pick<Range, 'table' | 'pk' | 'low' | 'high'>;
  readonly keyOf: (id: string) => string;
  readonly idOf: (item: Item) => string;
  readonly parse: (row: Row) => Item;
  readonly keep: (item: Item) => boolean;
}

/** The most reads of one page, of 1 MB each. Only a filter that matches rarely needs more than one. */
const MOST_READS = 10;
const LONGEST_KEY = 1_024; // bytes, DynamoDB's limit of a sort key

const cut = (key: string) => Buffer.from(key).subarray(0, LONGEST_KEY).toString();

/** The part of the range from the cursor on, in the direction walked, including the cursor's own key. */
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

/** Adds found items to the page. Returns true once the page is full and another item follows. */
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

/** Reads one page with strong consistency. Items are in the list's order, whichever direction was walked. */
export const listPage = async <Item>(
  client: Catalog['client'],
  listing: Listing<Item>,
  page: PageRequest,
): Promise<Page<Item>> => {
  const range = rangeFrom(listing, page);
  const walk: Walk<Item> = { items: [], overflow: false, lastId: undefined };
  // Two more than the limit: the cursor itself, and one item that shows whether more follow.
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
