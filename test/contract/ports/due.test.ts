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

  it('lists and removes retries that were put at once, however many share a row', async () => {
    const adapters = await makeAdapters();
    const all = Array.from({ length: 25 }, (__, index) => to(index));
    await Promise.all(all.map((one) => adapters.due.putRetry(one, NOON + 30 * MINUTE, NOON)));
    const found = await contents(adapters, minute + 30);
    expect(found.map(nameOf).toSorted()).toEqual(all.map(deliveryIdentity).toSorted());
    expect(found.every(({ at }) => at === NOON + 30 * MINUTE)).toBe(true);
    expect(new Set(found.map(({ key }) => key.sk)).size).toBeLessThanOrEqual(5);
    await adapters.due.remove(found.filter(({ key }) => key.sk === found[0]?.key.sk).slice(0, 1));
    const left = found.filter(({ key }) => key.sk !== found[0]?.key.sk);
    expect((await contents(adapters, minute + 30)).map(nameOf).toSorted()).toEqual(
      left.map(nameOf).toSorted(),
    );
  });

  it('keeps the retries of a row when one of them is put again alone', async () => {
    const adapters = await makeAdapters();
    const all = [to(1), to(2), to(3)];
    await Promise.all(all.map((one) => adapters.due.putRetry(one, NOON + 30 * MINUTE, NOON)));
    await adapters.due.put(to(1), NOON + 30 * MINUTE, NOON);
    const found = new Set((await contents(adapters, minute + 30)).map(nameOf));
    expect([...found].toSorted()).toEqual(all.map(deliveryIdentity).toSorted());
  });

  it('puts items of a row again alone, under the keys that they would have had', async () => {
    const adapters = await makeAdapters();
    const all = [to(1), to(2), to(3)];
    await Promise.all(all.map((one) => adapters.due.putRetry(one, NOON + 30 * MINUTE, NOON)));
    const items = (await contents(adapters, minute + 30)).slice(1);
    await adapters.due.putAlone(items, NOON + 31 * MINUTE);
    await adapters.due.putAlone(items, NOON + 31 * MINUTE);
    const alone = await contents(adapters, minute + 33);
    expect(alone.map(nameOf).toSorted()).toEqual(items.map(nameOf).toSorted());
    expect(alone.every(({ at }) => at === NOON + 30 * MINUTE)).toBe(true);
  });

  it('stores retries whose times are too far apart for one row in the bucket of each', async () => {
    const adapters = await makeAdapters();
    const times = [30, 40, 50, 61];
    await Promise.all(times.map((at, index) => adapters.due.putRetry(to(index), NOON + at * MINUTE, NOON)));
    const found = await Promise.all(times.map((at) => contents(adapters, minute + at)));
    expect(found.map((items) => items.map(({ at }) => (at - NOON) / MINUTE))).toEqual([
      [30, 40],
      [],
      [50, 61],
      [],
    ]);
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
