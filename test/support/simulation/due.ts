import { deliveryIdentity } from '../../../functions/deliver/delivery.port.ts';
import type { DueStore, QueueMessage } from '../../../functions/deliver/delivery.port.ts';
import { LEASE_MS } from '../../../functions/deliver/retries/sweep.flow.ts';
import type { DueItem, SweepStore, UnreadableItem } from '../../../functions/deliver/retries/sweep.flow.ts';
import { dueMinute } from '../../../functions/deliver/retries/due-items.dynamo.ts';

export interface MemoryDue extends DueStore, SweepStore {
  readonly size: () => number;
  readonly cursor: () => number | undefined;
  /** Puts an item into a minute that no release can parse. */
  readonly putUnreadable: (minute: number, text: string) => void;
}

const SHARDS = 2;
/** Small, so that tests read several pages. */
const PAGE = 5;

type Stored = DueItem | UnreadableItem;

/** Due buckets and the sweeper's lease. */
export const makeMemoryDue = (): MemoryDue => {
  const buckets = new Map<string, Map<string, Stored>>();
  const lease = { fence: 0, until: undefined as number | undefined, cursor: undefined as number | undefined };
  const bucket = (minute: number, shard: number) => `${minute}#${shard}`;

  const put = (pk: string, item: Stored) => {
    const items = buckets.get(pk) ?? new Map<string, Stored>();
    buckets.set(pk, items.set(item.key.sk, item));
  };

  const store = (queueMessage: QueueMessage, identity: string, atMs: number, nowMs: number) => {
    const pk = bucket(dueMinute(atMs, nowMs), identity.charCodeAt(identity.length - 3) % SHARDS);
    const sk = `${String(Math.floor(atMs)).padStart(14, '0')}#${identity}`;
    put(pk, { key: { pk, sk }, queueMessage, at: atMs });
  };

  return {
    shards: SHARDS,
    put: async (delivery, atMs, nowMs) =>
      store({ kind: 'delivery', delivery }, deliveryIdentity(delivery), atMs, nowMs),
    putDrainTimer: async (drainTimer, atMs, nowMs) =>
      store({ kind: 'drainTimer', drainTimer }, `drain#${drainTimer.endpointId}`, atMs, nowMs),
    due: async (minute, shard, after) => {
      const items = [...(buckets.get(bucket(minute, shard))?.values() ?? [])]
        .filter(({ key }) => after === undefined || key.sk > after)
        .sort((left, right) => (left.key.sk < right.key.sk ? -1 : 1));
      const page = items.slice(0, PAGE);
      const next = items.length > PAGE ? page.at(-1)?.key.sk : undefined;
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
    size: () => [...buckets.values()].reduce((sum, items) => sum + items.size, 0),
    cursor: () => lease.cursor,
    putUnreadable: (minute, text) =>
      put(bucket(minute, 0), { key: { pk: bucket(minute, 0), sk: `0#${text}` }, text }),
  };
};
