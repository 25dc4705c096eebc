import { describe, expect, it } from 'vitest';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { deliveryIdentity } from '../../../functions/deliver/delivery.port.ts';
import { LEASE_MS } from '../../../functions/deliver/retries/sweep.flow.ts';
import type { DueItem } from '../../../functions/deliver/retries/sweep.flow.ts';
import { shardOf } from '../../../functions/platform/dynamodb/keys.ts';
import { APP, ENDPOINT, NOON, ORG, delivery } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';
import type { Side } from './adapters.ts';

const MINUTE = 60_000;
const minute = NOON / MINUTE;
const to = (index: number) => delivery({ endpointId: endpointId(`ep_${String(index).padStart(4, '0')}`) });

/** Everything that lies in a minute, shard by shard and page by page. */
const contents = async ({ due }: Side, wanted: number): Promise<readonly DueItem[]> => {
  const found: DueItem[] = [];
  for (let shard = 0; shard < due.shards; shard += 1) {
    let after: string | undefined;
    do {
      const page = await due.due(wanted, shard, after);
      found.push(...page.items);
      after = page.next;
    } while (after !== undefined);
  }
  return found;
};
const nameOf = ({ queueMessage }: DueItem) =>
  queueMessage.kind === 'delivery'
    ? deliveryIdentity(queueMessage.delivery)
    : `wake ${queueMessage.drainTimer.at}`;

describe.each(ADAPTERS)('what is due %s', (_, makeSide) => {
  it('lies in its minute as it was put, and nowhere else', async () => {
    const side = await makeSide();
    const at = NOON + 30 * MINUTE + 1234;
    await side.due.put(delivery(), at, NOON);
    const [item, ...others] = await contents(side, minute + 30);
    expect(item).toMatchObject({ at, queueMessage: { kind: 'delivery', delivery: delivery() } });
    expect(others).toEqual([]);
    for (const near of [29, 31]) expect(await contents(side, minute + near)).toEqual([]);
  });

  it('is one item however often it is put', async () => {
    const side = await makeSide();
    for (let time = 0; time < 3; time += 1) await side.due.put(delivery(), NOON + 30 * MINUTE, NOON);
    expect(await contents(side, minute + 30)).toHaveLength(1);
  });

  it('lies two minutes ahead where it is due sooner, its instant kept', async () => {
    const side = await makeSide();
    await side.due.put(delivery(), NOON + 5000, NOON);
    expect(await contents(side, minute + 2)).toMatchObject([{ at: NOON + 5000 }]);
  });

  it('is walked page by page, each once, and is gone once removed', async () => {
    const side = await makeSide();
    // All in one shard of DynamoDB's, and more than two of its pages.
    const all = Array.from({ length: 4_000 }, (__, index) => to(index)).filter(
      (one) => shardOf(deliveryIdentity(one)) === 0,
    );
    expect(all.length).toBeGreaterThan(400);
    for (let start = 0; start < all.length; start += 25) {
      const some = all.slice(start, start + 25);
      await Promise.all(some.map((one, index) => side.due.put(one, NOON + 30 * MINUTE + (index % 7), NOON)));
    }
    const found = await contents(side, minute + 30);
    expect(found.map(nameOf).toSorted()).toEqual(all.map(deliveryIdentity).toSorted());
    await side.due.remove(found.slice(0, 60));
    expect((await contents(side, minute + 30)).map(nameOf).toSorted()).toEqual(
      found.slice(60).map(nameOf).toSorted(),
    );
    await side.due.remove(found);
    expect(await contents(side, minute + 30)).toEqual([]);
  });

  it('may be a reminder', async () => {
    const side = await makeSide();
    const drainTimer = { orgId: ORG, appId: APP, endpointId: ENDPOINT, at: NOON + 30 * MINUTE, step: 1 };
    await side.due.putDrainTimer(drainTimer, drainTimer.at, NOON);
    expect(await contents(side, minute + 30)).toMatchObject([
      { queueMessage: { kind: 'drainTimer', drainTimer } },
    ]);
  });
});

describe.each(ADAPTERS)('the lease of the sweep %s', (_, makeSide) => {
  it('is held by one at a time, and is clean once given back', async () => {
    const { due } = await makeSide();
    const leases = await Promise.all([1, 2, 3].map((owner) => due.acquire(`o${owner}`, NOON)));
    const [held] = leases.filter((lease) => lease !== undefined);
    expect(leases.filter((lease) => lease !== undefined)).toEqual([
      { fence: 1, cursor: undefined, clean: true },
    ]);
    await due.release(held!.fence);
    expect(await due.acquire('next', NOON)).toEqual({ fence: 2, cursor: undefined, clean: true });
  });

  it('passes on when it ran out, and says that it was not given back', async () => {
    const { due } = await makeSide();
    await due.acquire('crashed', NOON);
    expect(await due.acquire('early', NOON + LEASE_MS)).toBeUndefined();
    expect(await due.acquire('next', NOON + LEASE_MS + 1)).toMatchObject({ fence: 2, clean: false });
  });

  it('passes on when it reaches further than a lease can', async () => {
    const { due } = await makeSide();
    await due.acquire('ahead', NOON + 3_600_000);
    expect(await due.acquire('next', NOON)).toMatchObject({ fence: 2 });
  });

  it('keeps the cursor, which only its holder moves', async () => {
    const { due } = await makeSide();
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

  it('is renewed by moving the cursor', async () => {
    const { due } = await makeSide();
    const lease = await due.acquire('busy', NOON);
    await due.advance(1, lease!.fence, NOON + LEASE_MS);
    expect(await due.acquire('other', NOON + LEASE_MS + 1)).toBeUndefined();
  });
});
