import { describe, expect, it } from 'vitest';
import { makeSnapshotAt } from '../../../../functions/catalog/snapshots/cached-snapshots.dynamo.ts';
import type { Row } from '../../../../functions/platform/dynamodb/table.ts';
import { SNAPSHOT_CACHE_BYTES } from '../../../../functions/platform/limits/memory.domain.ts';
import { appId } from '../../../../functions/platform/ids/brand.domain.ts';
import { APP, ORG, applicationItem, endpointItem, revisionItem } from './items.ts';
import { fakeClient } from '../../platform/dynamodb/fake-client.ts';

const KEY = { orgId: ORG, appId: APP };
const answer = (...rows: Row[]) => ({ Items: rows });
const before = answer(applicationItem(1n), endpointItem('ep_a', 10n, { url: 'https://old.com' }));
const after = answer(applicationItem(1n), endpointItem('ep_a', 20n, { url: 'https://new.com' }));
const BIG = 2n ** 64n - 1n;

const snapshotsFrom = (...script: object[]) => {
  const { client, sent } = fakeClient(script);
  const snapshotAt = makeSnapshotAt({ client, table: 't' });
  const whole = (key: typeof KEY, revision: Row | undefined) =>
    snapshotAt(key, revision, (snapshot) => snapshot);
  return { snapshotAt: whole, sent };
};

describe('snapshot cache', () => {
  it('serves a snapshot while its revision matches and reads it again when it does not', async () => {
    const { snapshotAt, sent } = snapshotsFrom(before, after);
    const urls = [];
    for (const revision of [11n, 11n, 21n, 21n]) {
      urls.push((await snapshotAt(KEY, revisionItem(revision)))?.endpoints[0]?.url);
    }
    expect(urls).toEqual(['https://old.com', 'https://old.com', 'https://new.com', 'https://new.com']);
    expect(sent).toHaveLength(2);
  });

  it('does not cache a snapshot that was read while a transaction was half visible', async () => {
    // The new revision becomes visible before the endpoint's new item does.
    const { snapshotAt, sent } = snapshotsFrom(before, after);
    await snapshotAt(KEY, revisionItem(21n));
    const next = await snapshotAt(KEY, revisionItem(21n));
    expect(next?.endpoints[0]?.url).toBe('https://new.com');
    expect(sent).toHaveLength(2);
  });

  it('matches revisions of applications with thousands of endpoints', async () => {
    const endpoints = Array.from({ length: 2_000 }, (_, index) => endpointItem(`ep_${index}`, BIG));
    const { snapshotAt, sent } = snapshotsFrom(answer(applicationItem(BIG), ...endpoints));
    await snapshotAt(KEY, revisionItem(BIG * 2_001n));
    await snapshotAt(KEY, revisionItem(BIG * 2_001n));
    expect(sent).toHaveLength(1);
  });

  it('caches a snapshot that exceeds the limit of the cache alone', async () => {
    const description = 'x'.repeat(SNAPSHOT_CACHE_BYTES);
    const { snapshotAt, sent } = snapshotsFrom(
      answer(applicationItem(1n), endpointItem('ep_a', 10n, { description })),
    );
    await snapshotAt(KEY, revisionItem(11n));
    await snapshotAt(KEY, revisionItem(11n));
    expect(sent).toHaveLength(1);
  });

  it('reads a snapshot page by page', async () => {
    const [application, endpoint] = before.Items;
    const { snapshotAt } = snapshotsFrom(
      { Items: [application], LastEvaluatedKey: {} },
      { Items: [endpoint] },
    );
    expect((await snapshotAt(KEY, revisionItem(11n)))?.endpoints).toHaveLength(1);
  });

  it('returns the readable endpoints and names the unreadable one', async () => {
    const rows = ['ep_a', 'ep_b', 'ep_c'].map((id, index) => endpointItem(id, BigInt(10 * (index + 1))));
    const broken = { ...rows[1], v: 99, channels: ['eu'], eventTypes: 'a' };
    const { snapshotAt, sent } = snapshotsFrom(answer(applicationItem(1n), rows[0]!, broken, rows[2]!));
    const snapshot = await snapshotAt(KEY, revisionItem(61n));
    expect(snapshot?.endpoints.map(({ id }) => id)).toEqual(['ep_a', 'ep_c']);
    // A filter that cannot be read matches every message, so that no delivery is dropped because of it.
    expect(snapshot?.unreadable).toMatchObject([
      { id: 'ep_b', disabled: false, eventTypes: null, channels: ['eu'] },
    ]);
    await snapshotAt(KEY, revisionItem(61n));
    expect(sent).toHaveLength(1); // cached, because the revision of the unreadable endpoint is known
  });

  it('reads a snapshot each time while the revision of an endpoint is unreadable', async () => {
    const broken = { ...endpointItem('ep_b', 10n), rev: 'x', type: '?' };
    const { snapshotAt, sent } = snapshotsFrom(answer(applicationItem(1n), endpointItem('ep_a', 5n), broken));
    for (const _ of [1, 2]) expect((await snapshotAt(KEY, revisionItem(16n)))?.endpoints).toHaveLength(1);
    expect(sent).toHaveLength(2);
  });

  it('returns nothing and makes no call when the revision is missing or marked as deleted', async () => {
    const { snapshotAt, sent } = snapshotsFrom(before);
    expect(await snapshotAt(KEY, undefined)).toBeUndefined();
    expect(await snapshotAt(KEY, revisionItem(11n, true))).toBeUndefined();
    expect(sent).toEqual([]);
  });
});

describe('large snapshots in one batch', () => {
  it('are read one after the other, while small ones are read at the same time', async () => {
    const { snapshotAt, sent } = snapshotsFrom(before, before, before);
    const large = { ...revisionItem(11n), endpointCount: 10_000, endpointBytes: 10_000_000 };
    const of = (id: string) => ({ ...KEY, appId: appId(`app_${id}`) });
    const reads = [
      snapshotAt(of('one'), large),
      snapshotAt(of('two'), large),
      snapshotAt(of('small'), revisionItem(11n)),
    ];
    await reads[0];
    expect(sent.length).toBe(2);
    await Promise.all(reads);
    expect(sent.length).toBe(3);
  });

  it('are read once for concurrent callers', async () => {
    const { snapshotAt, sent } = snapshotsFrom(before);
    const large = { ...revisionItem(11n), endpointCount: 10_000, endpointBytes: 10_000_000 };
    const found = await Promise.all([1, 2, 3].map(() => snapshotAt(KEY, large)));
    expect(found.map((snapshot) => snapshot?.endpoints.length)).toEqual([1, 1, 1]);
    expect(sent.length).toBe(1);
  });
});
