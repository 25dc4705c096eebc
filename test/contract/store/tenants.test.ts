import { randomInt } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchGet } from '../../../functions/platform/dynamodb/batch-get.ts';
import type { Catalog } from '../../../functions/catalog/commit.dynamo.ts';
import { REVISION_COPIES, catalogKeys } from '../../../functions/platform/dynamodb/keys.ts';
import { makeTenants } from '../../../functions/catalog/snapshots/tenants.dynamo.ts';
import {
  NOON,
  SETTINGS,
  eventType,
  newApplication,
  newEndpoint,
  uniqueIds,
} from '../../support/simulation/builders.ts';
import { LATER, freshOrg, freshTable, recordCalls, storesOf } from './catalog.ts';
import { PutCommand } from '../../../functions/platform/dynamodb/commands.ts';

let catalog: Catalog;
let stores: ReturnType<typeof storesOf>;
beforeAll(async () => {
  catalog = await freshTable();
  stores = storesOf(catalog);
});

const randomCopy = () => randomInt(REVISION_COPIES);
const freshTenants = () => makeTenants({ ...catalog, defaults: SETTINGS, randomCopy });

const freshApplication = async (uid: string | null = null) => {
  const application = newApplication({ orgId: freshOrg(), uid });
  await stores.applications.create(application);
  const endpoint = newEndpoint(application.id, { orgId: application.orgId });
  await stores.endpoints.create(endpoint);
  return { application, endpoint, orgId: application.orgId, appId: application.id };
};

describe('tenant snapshot', () => {
  it('contains the application, its endpoints and the effective settings', async () => {
    const { application, endpoint, orgId, appId } = await freshApplication('acme');
    const gone = newEndpoint(appId, { orgId, uid: 'gone' });
    await stores.endpoints.create(gone);
    await stores.endpoints.remove(orgId, appId, gone.id, LATER);
    await stores.settings.change(orgId, { requestTimeout: 3 });
    const expected = {
      application,
      endpoints: [endpoint],
      unreadable: [],
      settings: { ...SETTINGS, requestTimeout: 3 },
    };
    expect(await freshTenants().resolve(orgId, appId)).toEqual(expected);
    expect(await freshTenants().resolve(orgId, 'acme')).toEqual(expected);
  });

  it('needs one read of two keys once it is cached, by id and by uid', async () => {
    const { orgId, appId } = await freshApplication('acme');
    const tenants = freshTenants();
    await tenants.resolve(orgId, 'acme');
    const calls = recordCalls(catalog);
    const [byId, byUid] = [await tenants.resolve(orgId, appId), await tenants.resolve(orgId, 'acme')];
    expect(calls).toEqual(['BatchGetItem', 'BatchGetItem']);
    expect(byId?.application).toBe(byUid?.application);
    expect(tenants.keysFor([{ orgId, appId }])).toHaveLength(2);
  });

  it('shows every acknowledged change', async () => {
    const { orgId, appId, endpoint } = await freshApplication();
    const tenants = freshTenants();
    const seen = async () => {
      const tenant = await tenants.resolve(orgId, appId);
      return [
        tenant?.application.name,
        tenant?.endpoints.map(({ url }) => url),
        tenant?.settings.requestTimeout,
      ];
    };
    expect(await seen()).toEqual(['Acme', [endpoint.url], SETTINGS.requestTimeout]);
    await stores.applications.change(orgId, appId, { name: 'B' }, LATER);
    expect(await seen()).toEqual(['B', [endpoint.url], SETTINGS.requestTimeout]);
    await stores.endpoints.change(orgId, appId, endpoint.id, () => ({ url: 'https://b.com/' }), LATER);
    expect(await seen()).toEqual(['B', ['https://b.com/'], SETTINGS.requestTimeout]);
    await stores.settings.change(orgId, { requestTimeout: 2 });
    expect(await seen()).toEqual(['B', ['https://b.com/'], 2]);
    await stores.settings.change(orgId, { requestTimeout: null });
    await stores.endpoints.remove(orgId, appId, endpoint.id, LATER);
    expect(await seen()).toEqual(['B', [], SETTINGS.requestTimeout]);
  });

  it('has another revision of schemas after every change of a schema, and after no other', async () => {
    const { orgId, appId } = await freshApplication();
    const tenants = freshTenants();
    const revision = async () => (await tenants.resolve(orgId, appId))?.schemasRevision;
    const { eventTypes } = stores;
    const schemas = '{"1":{}}';
    await eventTypes.put(eventType('plain', { orgId }));
    expect(await revision()).toBeUndefined();
    const revisions = new Set<bigint | undefined>();
    const changes = [
      () => eventTypes.create(eventType('a', { orgId, schemas })),
      () => eventTypes.put(eventType('b', { orgId, schemas })),
      () => eventTypes.change(orgId, 'a', { schemas: '{"1":true}' }, LATER),
      () => eventTypes.writeMany(orgId, ['a', 'c'], (name) => eventType(name, { orgId, schemas })),
      () => eventTypes.change(orgId, 'b', { schemas: null }, LATER),
      () => eventTypes.expunge(orgId, 'a'),
    ];
    for (const change of changes) {
      await change();
      revisions.add(await revision());
    }
    expect(revisions.size).toBe(changes.length);
    const last = await revision();
    await eventTypes.change(orgId, 'c', { description: 'new', archived: true }, LATER);
    await eventTypes.expunge(orgId, 'b');
    await stores.settings.change(orgId, { requestTimeout: 2 });
    expect(await revision()).toBe(last);
    expect((await tenants.resolve(orgId, appId))?.settings.requestTimeout).toBe(2);
  });

  it('is absent after the application was removed, even when it is cached', async () => {
    const { orgId, appId } = await freshApplication('acme');
    const tenants = freshTenants();
    await tenants.resolve(orgId, 'acme');
    await stores.applications.remove(orgId, appId, LATER);
    expect(await tenants.resolve(orgId, 'acme')).toBeUndefined();
    expect(await tenants.resolve(orgId, appId)).toBeUndefined();
    expect(await tenants.resolve(orgId, uniqueIds.app(NOON))).toBeUndefined();
    expect(await tenants.resolve(orgId, 'x'.repeat(4_000))).toBeUndefined();
  });

  it('follows a uid from one application to another', async () => {
    const { orgId, appId } = await freshApplication('acme');
    const tenants = freshTenants();
    expect((await tenants.resolve(orgId, 'acme'))?.application.id).toBe(appId);
    await stores.applications.change(orgId, appId, { uid: null }, LATER);
    expect(await tenants.resolve(orgId, 'acme')).toBeUndefined();
    const successor = newApplication({ orgId, uid: 'acme' });
    await stores.applications.create(successor);
    expect((await tenants.resolve(orgId, 'acme'))?.application.id).toBe(successor.id);
    await stores.applications.remove(orgId, successor.id, LATER);
    await stores.applications.change(orgId, appId, { uid: 'acme' }, LATER);
    expect((await tenants.resolve(orgId, 'acme'))?.application.id).toBe(appId);
  });

  it('shows every reader its own write while 30 writers run', async () => {
    const { orgId, appId, endpoint } = await freshApplication();
    const tenants = freshTenants();
    const written = async () => {
      const added = newEndpoint(appId, { orgId });
      await stores.endpoints.create(added);
      const tenant = await tenants.resolve(orgId, appId);
      expect(tenant?.endpoints.map(({ id }) => id)).toContain(added.id);
    };
    await Promise.all(Array.from({ length: 30 }, written));
    await stores.endpoints.remove(orgId, appId, endpoint.id, LATER);
    expect((await tenants.resolve(orgId, appId))?.endpoints).toHaveLength(30);
    const calls = recordCalls(catalog);
    await tenants.resolve(orgId, appId);
    expect(calls).toEqual(['BatchGetItem']);
  });
});

describe('loading many tenants', () => {
  it('returns them in the order of the keys, with one read of the revisions', async () => {
    const [one, two] = [await freshApplication(), await freshApplication()];
    const absent = { orgId: one.orgId, appId: uniqueIds.app(NOON) };
    const tenants = freshTenants();
    const keys = [two, absent, one, two];
    await tenants.load(keys);
    const calls = recordCalls(catalog);
    const loaded = await tenants.load(keys);
    expect(loaded.map((tenant) => tenant?.application.id)).toEqual([
      two.appId,
      undefined,
      one.appId,
      two.appId,
    ]);
    expect(calls).toEqual(['BatchGetItem']);
  });

  it('can use revisions that another reader fetched', async () => {
    const { orgId, appId } = await freshApplication();
    const tenants = freshTenants();
    const place = (key: { pk: string; sk: string }) => ({ table: catalog.table, key });
    const found = await batchGet(catalog.client, tenants.keysFor([{ orgId, appId }]).map(place));
    const [load] = tenants.loadEach(
      [{ orgId, appId }],
      (key) => found(place(key)),
      (tenant) => tenant,
    );
    const tenant = await load?.();
    expect(tenant?.application.id).toBe(appId);
  });

  it('names the format version that it cannot read', async () => {
    const { orgId, appId } = await freshApplication();
    const Item = { ...catalogKeys.application(orgId, appId), v: 2, type: 'app' };
    await catalog.client.send(new PutCommand({ TableName: catalog.table, Item }));
    await expect(freshTenants().resolve(orgId, appId)).rejects.toThrow('format version 2');
  });
});
