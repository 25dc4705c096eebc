import { deliveryIdentity } from '../../../functions/deliver/delivery.port.ts';
import type { Delivery, DueStore, QueueMessage } from '../../../functions/deliver/delivery.port.ts';
import { LEASE_MS } from '../../../functions/deliver/retries/sweep.flow.ts';
import type { DueItem, SweepStore, UnreadableItem } from '../../../functions/deliver/retries/sweep.flow.ts';
import { mayShareRow, PACK_RETRIES } from '../../../functions/deliver/retries/retry-packs.ts';
import { dueMinute } from '../../../functions/deliver/retries/due-items.dynamo.ts';

export interface MemoryDue extends DueStore, SweepStore {
  /** Items, of which several may share a row. */
  readonly size: () => number;
  readonly rows: () => number;
  readonly cursor: () => number | undefined;
  /** Puts an item into a minute that no release can parse. */
  readonly putUnreadable: (minute: number, text: string) => void;
}

const SHARDS = 2;
/** Small, so that tests read several pages. */
const PAGE = 5;

/** One row: one item, or retries that were put at one instant. */
type Stored = readonly (DueItem | UnreadableItem)[];

/** Due buckets and the sweeper's lease. */
export const makeMemoryDue = (): MemoryDue => {
  const buckets = new Map<string, Map<string, Stored>>();
  let packs = 0;
  const lease = { fence: 0, until: undefined as number | undefined, cursor: undefined as number | undefined };
  const bucket = (minute: number, shard: number) => `${minute}#${shard}`;

  const put = (pk: string, row: Stored) => {
    const rows = buckets.get(pk) ?? new Map<string, Stored>();
    const [first] = row;
    if (first !== undefined) buckets.set(pk, rows.set(first.key.sk, row));
  };

  const store = (queueMessage: QueueMessage, identity: string, atMs: number, nowMs: number) => {
    const pk = bucket(dueMinute(atMs, nowMs), identity.charCodeAt(identity.length - 3) % SHARDS);
    const sk = `${String(Math.floor(atMs)).padStart(14, '0')}#${identity}`;
    put(pk, [{ key: { pk, sk }, queueMessage, at: atMs }]);
  };

  /** The row that takes the retries of one instant, as long as it has room and their times allow. */
  let pack: { readonly now: number; readonly row: readonly DueItem[] } | undefined;
  const storeRetry = (delivery: Delivery, at: number, now: number) => {
    const [first] = pack?.row ?? [];
    const isOpen =
      pack !== undefined &&
      first !== undefined &&
      pack.now === now &&
      pack.row.length < PACK_RETRIES &&
      mayShareRow(first.at, at) &&
      buckets.get(first.key.pk)?.has(first.key.sk) === true;
    const pk = bucket(dueMinute(at, now), packs % SHARDS);
    if (!isOpen) packs += 1;
    const key = isOpen ? first.key : { pk, sk: `${String(Math.floor(at)).padStart(14, '0')}#+${packs}` };
    const item: DueItem = { key, queueMessage: { kind: 'delivery', delivery }, at };
    pack = { now, row: isOpen ? [...pack!.row, item] : [item] };
    put(key.pk, pack.row);
  };

  return {
    shards: SHARDS,
    put: async (delivery, atMs, nowMs) =>
      store({ kind: 'delivery', delivery }, deliveryIdentity(delivery), atMs, nowMs),
    putRetry: async (delivery, atMs, nowMs) => storeRetry(delivery, atMs, nowMs),
    putDrainTimer: async (drainTimer, atMs, nowMs) =>
      store({ kind: 'drainTimer', drainTimer }, `drain#${drainTimer.endpointId}`, atMs, nowMs),
    due: async (minute, shard, after) => {
      const rows = [...(buckets.get(bucket(minute, shard)) ?? [])]
        .filter(([sk]) => after === undefined || sk > after)
        .sort(([left], [right]) => (left < right ? -1 : 1));
      const page = rows.slice(0, PAGE).flatMap(([, row]) => row);
      const next = rows.length > PAGE ? page.at(-1)?.key.sk : undefined;
      return {
        items: page.filter((item) => 'queueMessage' in item),
        unreadable: page.filter((item) => 'text' in item),
        ...(next === undefined ? {} : { next }),
      };
    },
    remove: async (items) => {
      for (const { key } of items) {
        buckets.get(key.pk)?.delete(key.sk);
        if (buckets.get(key.pk)?.size === 0) buckets.delete(key.pk);
      }
    },
    putAlone: async (items, nowMs) => {
      for (const { queueMessage, at } of items)
        if (queueMessage.kind === 'delivery')
          store(queueMessage, deliveryIdentity(queueMessage.delivery), at, nowMs);
    },
    acquire: async (_owner, nowMs) => {
      const { until } = lease;
      if (until !== undefined && until >= nowMs && until <= nowMs + LEASE_MS) return undefined;
      lease.until = nowMs + LEASE_MS;
      lease.fence += 1;
      return { fence: lease.fence, cursor: lease.cursor, clean: until === undefined };
    },
    advance: async (minute, fence, nowMs) => {
      if (fence !== lease.fence) return false;
      lease.cursor = minute;
      lease.until = nowMs + LEASE_MS;
      return true;
    },
    release: async (fence) => {
      if (fence === lease.fence) lease.until = undefined;
    },
    size: () => [...buckets.values()].reduce((sum, rows) => sum + [...rows.values()].flat().length, 0),
    rows: () => [...buckets.values()].reduce((sum, rows) => sum + rows.size, 0),
    cursor: () => lease.cursor,
    putUnreadable: (minute, text) =>
      put(bucket(minute, 0), [{ key: { pk: bucket(minute, 0), sk: `0#${text}` }, text }]),
  };
};
