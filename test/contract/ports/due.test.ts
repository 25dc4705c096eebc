import { describe, expect, it } from 'vitest';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { deliveryIdentity } from '../../../functions/deliver/delivery.port.ts';
import { LEASE_MS } from '../../../functions/deliver/retries/sweep.flow.ts';
import type { DueItem } from '../../../functions/deliver/retries/sweep.flow.ts';
import { shardOf } from '../../../functions/platform/dynamodb/keys.ts';
import { APP, ENDPOINT, NOON, ORG, delivery } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';
import type { Adapters } from './adapters.ts';

const MINUTE = 60_000;
const minute = NOON / MINUTE;
const to = (index: number) => delivery({ endpointId: endpointId(`ep_${String(index).padStart(4, '0')}`) });

/** Every item of a minute, shard by shard and page by page. */
const contents = async ({ due }: Adapters, dueMinute: number): Promise<readonly DueItem[]> => {
  const found: DueItem[] = [];
  for (let shard = 0; shard < due.shards; shard += 1) {
    let after: string | undefined;
    do {
      const page = await due.due(dueMinute, shard, after);
      found.push(...page.items);
      after = page.next;
    } while (after !== undefined);
  }
  return found;
};
const nameOf = ({ queueMessage }: DueItem) =>
  queueMessage.kind === 'delivery'
    ? deliveryIdentity(queueMessage.delivery)
    : `drain timer ${queueMessage.drainTimer.at}`;

describe.each(ADAPTERS)('due store %s', (_, makeAdapters) => {
  it('stores an item in the bucket of its minute and in no other', async () => {
    const adapters = await makeAdapters();
    const at = NOON + 30 * MINUTE + 1234;
    await adapters.due.put(delivery(), at, NOON);
    const [item, ...others] = await contents(adapters, minute + 30);
    expect(item).toMatchObject({ at, queueMessage: { kind: 'delivery', delivery: delivery() } });
    expect(others).toEqual([]);
    for (const near of [29, 31]) expect(await contents(adapters, minute + near)).toEqual([]);
  });

  it('stores an item once for repeated writes', async () => {
    const adapters = await makeAdapters();
    for (let time = 0; time < 3; time += 1) await adapters.due.put(delivery(), NOON + 30 * MINUTE, NOON);
    expect(await contents(adapters, minute + 30)).toHaveLength(1);
  });

  it('stores an item that is due sooner two minutes ahead and keeps its instant', async () => {
    const adapters = await makeAdapters();
    await adapters.due.put(delivery(), NOON + 5000, NOON);
    expect(await contents(adapters, minute + 2)).toMatchObject([{ at: NOON + 5000 }]);
  });

  it('lists every item once over several pages and removes items', async () => {
    const adapters = await makeAdapters();
    // All in one shard of the DynamoDB adapter, and more than two pages of it.
    const all = Array.from({ length: 4_000 }, (__, index) => to(index)).filter(
      (one) => shardOf(deliveryIdentity(one)) === 0,
    );
    expect(all.length).toBeGreaterThan(400);
    for (let start = 0; start < all.length; start += 25) {
      const some = all.slice(start, start + 25);
      await Promise.all(
        some.map((one, index) => adapters.due.put(one, NOON + 30 * MINUTE + (index % 7), NOON)),
      );
    }
    const found = await contents(adapters, minute + 30);
    expect(found.map(nameOf).toSorted()).toEqual(all.map(deliveryIdentity).toSorted());
    await adapters.due.remove(found.slice(0, 60));
    expect((await contents(adapters, minute + 30)).map(nameOf).toSorted()).toEqual(
      found.slice(60).map(nameOf).toSorted(),
    );
    await adapters.due.remove(found);
    expect(await contents(adapters, minute + 30)).toEqual([]);
  });

  it('stores drain timers', async () => {
    const adapters = await makeAdapters();
    const drainTimer = { orgId: ORG, appId: APP, endpointId: ENDPOINT, at: NOON + 30 * MINUTE, step: 1 };
    await adapters.due.putDrainTimer(drainTimer, drainTimer.at, NOON);
    expect(await contents(adapters, minute + 30)).toMatchObject([
      { queueMessage: { kind: 'drainTimer', drainTimer } },
    ]);
  });
});

describe.each(ADAPTERS)('sweeper lease %s', (_, makeAdapters) => {
  it('is held by one owner at a time and is clean after it was released', async () => {
    const { due } = await makeAdapters();
    const leases = await Promise.all([1, 2, 3].map((owner) => due.acquire(`o${owner}`, NOON)));
    const [held] = leases.filter((lease) => lease !== undefined);
    expect(leases.filter((lease) => lease !== undefined)).toEqual([
      { fence: 1, cursor: undefined, clean: true },
    ]);
    await due.release(held!.fence);
    expect(await due.acquire('next', NOON)).toEqual({ fence: 2, cursor: undefined, clean: true });
  });

  it('can be acquired after it expired and is then not clean', async () => {
    const { due } = await makeAdapters();
    await due.acquire('crashed', NOON);
    expect(await due.acquire('early', NOON + LEASE_MS)).toBeUndefined();
    expect(await due.acquire('next', NOON + LEASE_MS + 1)).toMatchObject({ fence: 2, clean: false });
  });

  it('can be acquired when its expiry is further ahead than a lease can be', async () => {
    const { due } = await makeAdapters();
    await due.acquire('ahead', NOON + 3_600_000);
    expect(await due.acquire('next', NOON)).toMatchObject({ fence: 2 });
  });

  it('keeps the cursor, which only the current fencing token can move', async () => {
    const { due } = await makeAdapters();
    const first = await due.acquire('first', NOON);
    expect(await due.advance(100, first!.fence, NOON)).toBe(true);
    const second = await due.acquire('second', NOON + LEASE_MS + 1);
    expect(second?.cursor).toBe(100);
    expect(await due.advance(200, first!.fence, NOON)).toBe(false);
    await due.release(first!.fence);
    expect(await due.acquire('third', NOON + LEASE_MS + 1)).toBeUndefined();
    expect(await due.advance(101, second!.fence, NOON + LEASE_MS + 1)).toBe(true);
    await due.release(second!.fence);
    expect(await due.acquire('fourth', NOON)).toMatchObject({ cursor: 101, clean: true });
  });

  it('is renewed when the cursor moves', async () => {
    const { due } = await makeAdapters();
    const lease = await due.acquire('busy', NOON);
    await due.advance(1, lease!.fence, NOON + LEASE_MS);
    expect(await due.acquire('other', NOON + LEASE_MS + 1)).toBeUndefined();
  });
});
