import { beforeAll, describe, expect, it } from 'vitest';
import { LATER, NOW, anApplication, anEndpoint, freshOrg, freshTable, ids, storesOf } from './catalog.ts';

let stores: ReturnType<typeof storesOf>;
beforeAll(async () => {
  stores = storesOf(await freshTable());
});

const freshApplication = async () => {
  const application = anApplication({ orgId: freshOrg() });
  await stores.applications.create(application);
  return { orgId: application.orgId, appId: application.id };
};

const ALL = { limit: 250, cursor: null, order: 'ascending' } as const;
const kinds = (outcomes: readonly { kind: string }[], kind: string) =>
  outcomes.filter((outcome) => outcome.kind === kind).length;

describe('creating an endpoint', () => {
  it('can be read back at once with every field', async () => {
    const { orgId, appId } = await freshApplication();
    const made = anEndpoint(appId, {
      orgId,
      uid: 'mine',
      eventTypes: ['a.b', 'c'],
      channels: ['x'],
      metadata: { z: '1', a: '2' },
      headers: { 'X-Key': 'v', 'x-key': 'w', '': 'odd' },
      failSince: NOW,
      oldSecrets: [{ sealed: Uint8Array.of(9, 0, 255), expiresAt: LATER }],
    });
    expect(await stores.endpoints.create(made)).toEqual({ kind: 'written', item: made });
    expect(await stores.endpoints.find(orgId, appId, made.id)).toEqual(made);
    expect(await stores.endpoints.find(orgId, appId, 'mine')).toEqual(made);
    expect(await stores.endpoints.list(orgId, appId, ALL)).toEqual({ items: [made], done: true });
  });

  it('needs an application that is live', async () => {
    const { orgId, appId } = await freshApplication();
    expect((await stores.endpoints.create(anEndpoint(ids.app(NOW), { orgId }))).kind).toBe('not-found');
    await stores.applications.remove(orgId, appId, LATER);
    expect((await stores.endpoints.create(anEndpoint(appId, { orgId, uid: 'u' }))).kind).toBe('not-found');
    expect((await stores.endpoints.list(orgId, appId, ALL)).items).toEqual([]);
  });

  it('lets exactly one of 50 racing creations have the uid, and all have none', async () => {
    const { orgId, appId } = await freshApplication();
    const make = (uid: string | null) =>
      Promise.all(
        Array.from({ length: 50 }, () => stores.endpoints.create(anEndpoint(appId, { orgId, uid }))),
      );
    const outcomes = await make('mine');
    expect([kinds(outcomes, 'written'), kinds(outcomes, 'conflict')]).toEqual([1, 49]);
    expect(kinds(await make(null), 'written')).toBe(50);
    expect((await stores.endpoints.list(orgId, appId, ALL)).items).toHaveLength(51);
  });

  it('keeps the same uid apart in another application', async () => {
    const [one, other] = [await freshApplication(), await freshApplication()];
    await stores.endpoints.create(anEndpoint(one.appId, { orgId: one.orgId, uid: 'mine' }));
    const duplicate = anEndpoint(other.appId, { orgId: other.orgId, uid: 'mine' });
    expect((await stores.endpoints.create(duplicate)).kind).toBe('written');
  });
});

describe('changing an endpoint', () => {
  it('decides on what is stored, so 50 parallel decisions all count', async () => {
    const { orgId, appId } = await freshApplication();
    const made = anEndpoint(appId, { orgId, version: 0 });
    await stores.endpoints.create(made);
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        stores.endpoints.change(orgId, appId, made.id, ({ version }) => ({ version: version + 1 }), LATER),
      ),
    );
    expect(kinds(outcomes, 'written')).toBe(50);
    expect((await stores.endpoints.find(orgId, appId, made.id))?.version).toBe(50);
  });

  it('is refused where the decision says so, and stays as it is', async () => {
    const { orgId, appId } = await freshApplication();
    const made = anEndpoint(appId, { orgId });
    await stores.endpoints.create(made);
    const outcome = await stores.endpoints.change(orgId, appId, made.id, () => undefined, LATER);
    expect(outcome).toEqual({ kind: 'refused' });
    expect(await stores.endpoints.find(orgId, appId, made.id)).toEqual(made);
  });

  it('moves the uid and refuses one that is taken', async () => {
    const { orgId, appId } = await freshApplication();
    const made = anEndpoint(appId, { orgId, uid: 'old' });
    await stores.endpoints.create(made);
    await stores.endpoints.create(anEndpoint(appId, { orgId, uid: 'taken' }));
    const change = (uid: string) => stores.endpoints.change(orgId, appId, made.id, () => ({ uid }), LATER);
    expect((await change('taken')).kind).toBe('conflict');
    expect((await change('new')).kind).toBe('written');
    expect((await stores.endpoints.find(orgId, appId, 'new'))?.id).toBe(made.id);
    expect(await stores.endpoints.find(orgId, appId, 'old')).toBeUndefined();
  });

  it('does not happen once the application is gone', async () => {
    const { orgId, appId } = await freshApplication();
    const made = anEndpoint(appId, { orgId });
    await stores.endpoints.create(made);
    await stores.applications.remove(orgId, appId, LATER);
    const outcome = await stores.endpoints.change(orgId, appId, made.id, () => ({ disabled: true }), LATER);
    expect(outcome.kind).toBe('not-found');
  });
});

describe('removing an endpoint', () => {
  it('hides it, frees its uid, and leaves it to those who ask for it by id with others', async () => {
    const { orgId, appId } = await freshApplication();
    const made = anEndpoint(appId, { orgId, uid: 'mine' });
    const kept = anEndpoint(appId, { orgId });
    await stores.endpoints.create(made);
    await stores.endpoints.create(kept);
    const gone = { ...made, uid: null, updatedAt: LATER };
    expect(await stores.endpoints.remove(orgId, appId, made.id, LATER)).toEqual({
      kind: 'written',
      item: gone,
    });
    expect(await stores.endpoints.find(orgId, appId, made.id)).toBeUndefined();
    expect(await stores.endpoints.find(orgId, appId, 'mine')).toBeUndefined();
    expect((await stores.endpoints.list(orgId, appId, ALL)).items).toEqual([kept]);
    const ids3 = [kept.id, ids.endpoint(NOW), made.id];
    expect(await stores.endpoints.findMany(orgId, appId, ids3)).toEqual([kept, gone]);
    expect((await stores.endpoints.remove(orgId, appId, made.id, LATER)).kind).toBe('not-found');
    expect((await stores.endpoints.create(anEndpoint(appId, { orgId, uid: 'mine' }))).kind).toBe('written');
  });
});
