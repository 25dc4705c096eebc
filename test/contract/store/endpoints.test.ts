import { beforeAll, describe, expect, it } from 'vitest';
import { endpointBytes } from '../../../functions/catalog/endpoints/endpoint-size.domain.ts';
import { NOON, newApplication, newEndpoint, uniqueIds } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';
import type { Stores } from './adapters.ts';
import { LATER, freshOrg } from './catalog.ts';

describe.each(ADAPTERS)('endpoint store %s', (_, makeStores) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await makeStores();
  });

  const freshApplication = async () => {
    const application = newApplication({ orgId: freshOrg() });
    await stores.applications.create(application);
    return { orgId: application.orgId, appId: application.id };
  };

  const ALL = { limit: 250, cursor: null, order: 'ascending' } as const;
  const kinds = (outcomes: readonly { kind: string }[], kind: string) =>
    outcomes.filter((outcome) => outcome.kind === kind).length;

  describe('creating an endpoint', () => {
    it('makes it readable at once with every field', async () => {
      const { orgId, appId } = await freshApplication();
      const made = newEndpoint(appId, {
        orgId,
        uid: 'mine',
        eventTypes: ['a.b', 'c'],
        channels: ['x'],
        metadata: { z: '1', a: '2' },
        headers: { 'X-Key': 'v', 'x-key': 'w', '': 'odd' },
        failSince: NOON,
        oldSecrets: [{ sealed: Uint8Array.of(9, 0, 255), expiresAt: LATER }],
      });
      expect(await stores.endpoints.create(made)).toEqual({ kind: 'written', item: made });
      expect(await stores.endpoints.find(orgId, appId, made.id)).toEqual(made);
      expect(await stores.endpoints.find(orgId, appId, 'mine')).toEqual(made);
      expect(await stores.endpoints.list(orgId, appId, ALL)).toEqual({ items: [made], done: true });
    });

    it('requires an application that was not deleted', async () => {
      const { orgId, appId } = await freshApplication();
      expect((await stores.endpoints.create(newEndpoint(uniqueIds.app(NOON), { orgId }))).kind).toBe(
        'not-found',
      );
      await stores.applications.remove(orgId, appId, LATER);
      expect((await stores.endpoints.create(newEndpoint(appId, { orgId, uid: 'u' }))).kind).toBe('not-found');
      expect((await stores.endpoints.list(orgId, appId, ALL)).items).toEqual([]);
    });

    it('gives a uid to exactly one of 50 racing creations, and lets all succeed without a uid', async () => {
      const { orgId, appId } = await freshApplication();
      const make = (uid: string | null) =>
        Promise.all(
          Array.from({ length: 50 }, () => stores.endpoints.create(newEndpoint(appId, { orgId, uid }))),
        );
      const outcomes = await make('mine');
      expect([kinds(outcomes, 'written'), kinds(outcomes, 'conflict')]).toEqual([1, 49]);
      expect(kinds(await make(null), 'written')).toBe(50);
      expect((await stores.endpoints.list(orgId, appId, ALL)).items).toHaveLength(51);
    });

    it('allows the same uid in another application', async () => {
      const [one, other] = [await freshApplication(), await freshApplication()];
      await stores.endpoints.create(newEndpoint(one.appId, { orgId: one.orgId, uid: 'mine' }));
      const duplicate = newEndpoint(other.appId, { orgId: other.orgId, uid: 'mine' });
      expect((await stores.endpoints.create(duplicate)).kind).toBe('written');
    });
  });

  describe('changing an endpoint', () => {
    it('decides on the stored endpoint, so that 50 parallel changes all count', async () => {
      const { orgId, appId } = await freshApplication();
      const made = newEndpoint(appId, { orgId, version: 0 });
      await stores.endpoints.create(made);
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () =>
          stores.endpoints.change(orgId, appId, made.id, ({ version }) => ({ version: version + 1 }), LATER),
        ),
      );
      expect(kinds(outcomes, 'written')).toBe(50);
      expect((await stores.endpoints.find(orgId, appId, made.id))?.version).toBe(50);
    });

    it('has no effect when the decision refuses it', async () => {
      const { orgId, appId } = await freshApplication();
      const made = newEndpoint(appId, { orgId });
      await stores.endpoints.create(made);
      const outcome = await stores.endpoints.change(orgId, appId, made.id, () => undefined, LATER);
      expect(outcome).toEqual({ kind: 'refused' });
      expect(await stores.endpoints.find(orgId, appId, made.id)).toEqual(made);
    });

    it('moves its uid and refuses one that is taken', async () => {
      const { orgId, appId } = await freshApplication();
      const made = newEndpoint(appId, { orgId, uid: 'old' });
      await stores.endpoints.create(made);
      await stores.endpoints.create(newEndpoint(appId, { orgId, uid: 'taken' }));
      const change = (uid: string) => stores.endpoints.change(orgId, appId, made.id, () => ({ uid }), LATER);
      expect((await change('taken')).kind).toBe('conflict');
      expect((await change('new')).kind).toBe('written');
      expect((await stores.endpoints.find(orgId, appId, 'new'))?.id).toBe(made.id);
      expect(await stores.endpoints.find(orgId, appId, 'old')).toBeUndefined();
    });

    it('is not possible after its application was deleted', async () => {
      const { orgId, appId } = await freshApplication();
      const made = newEndpoint(appId, { orgId });
      await stores.endpoints.create(made);
      await stores.applications.remove(orgId, appId, LATER);
      const outcome = await stores.endpoints.change(orgId, appId, made.id, () => ({ disabled: true }), LATER);
      expect(outcome.kind).toBe('not-found');
    });
  });

  describe('an endpoint of another organization or application', () => {
    it('is not found, changed or removed', async () => {
      const [own, foreign] = [await freshApplication(), await freshApplication()];
      const made = newEndpoint(own.appId, { orgId: own.orgId, uid: 'mine' });
      await stores.endpoints.create(made);
      for (const { orgId, appId } of [
        foreign,
        { ...own, appId: foreign.appId },
        { ...own, orgId: foreign.orgId },
      ]) {
        expect(await stores.endpoints.find(orgId, appId, made.id)).toBeUndefined();
        expect(await stores.endpoints.find(orgId, appId, 'mine')).toBeUndefined();
        expect(await stores.endpoints.findMany(orgId, appId, [made.id])).toEqual([]);
        expect((await stores.endpoints.list(orgId, appId, ALL)).items).toEqual([]);
        const change = stores.endpoints.change(orgId, appId, made.id, () => ({ disabled: true }), LATER);
        expect((await change).kind).toBe('not-found');
        expect((await stores.endpoints.remove(orgId, appId, made.id, LATER)).kind).toBe('not-found');
      }
      const foreignApp = newEndpoint(own.appId, { orgId: foreign.orgId });
      expect((await stores.endpoints.create(foreignApp)).kind).toBe('not-found');
      expect(await stores.endpoints.find(own.orgId, own.appId, 'mine')).toEqual(made);
    });
  });

  describe('removing an endpoint', () => {
    it('hides it and frees its uid, but it can still be read by id among others', async () => {
      const { orgId, appId } = await freshApplication();
      const made = newEndpoint(appId, { orgId, uid: 'mine' });
      const kept = newEndpoint(appId, { orgId });
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
      const ids3 = [kept.id, uniqueIds.endpoint(NOON), made.id];
      expect(await stores.endpoints.findMany(orgId, appId, ids3)).toEqual([kept, gone]);
      expect((await stores.endpoints.remove(orgId, appId, made.id, LATER)).kind).toBe('not-found');
      expect((await stores.endpoints.create(newEndpoint(appId, { orgId, uid: 'mine' }))).kind).toBe(
        'written',
      );
    });
  });

  const counted = ({ orgId, appId }: Awaited<ReturnType<typeof freshApplication>>) =>
    stores.counted(orgId, appId);

  const live = async ({ orgId, appId }: Awaited<ReturnType<typeof freshApplication>>) => {
    const { items } = await stores.endpoints.list(orgId, appId, ALL);
    return { endpoints: items.length, bytes: items.reduce((sum, item) => sum + endpointBytes(item), 0) };
  };

  describe('endpoint limits of an application', () => {
    const limits = { endpoints: 5, applicationBytes: 1_000, endpointBytes: 400 };

    it('let 20 racing creations make as many endpoints as allowed', async () => {
      const application = await freshApplication();
      const { orgId, appId } = application;
      const create = () => stores.endpoints.create(newEndpoint(appId, { orgId }), undefined, limits);
      await create();
      await create();
      const outcomes = await Promise.all(Array.from({ length: 20 }, create));
      expect(kinds(outcomes, 'written')).toBe(3);
      const refused = outcomes.filter(({ kind }) => kind !== 'written');
      expect(refused).toEqual(Array(17).fill({ kind: 'limit-reached', which: 'endpoints', most: 5 }));
      expect(await live(application)).toEqual(await counted(application));
    });

    it('let 20 racing creations and changes use as many bytes as allowed', async () => {
      const application = await freshApplication();
      const { orgId, appId } = application;
      const bytes = { ...limits, endpoints: 100 };
      const made = newEndpoint(appId, { orgId });
      await stores.endpoints.create(made, undefined, bytes);
      const description = 'ü'.repeat(100);
      const outcomes = await Promise.all([
        ...Array.from({ length: 10 }, () =>
          stores.endpoints.create(newEndpoint(appId, { orgId, description }), undefined, bytes),
        ),
        ...Array.from({ length: 10 }, (_, index) =>
          stores.endpoints.change(
            orgId,
            appId,
            made.id,
            () => ({ description: 'x'.repeat(index * 20) }),
            LATER,
            bytes,
          ),
        ),
      ]);
      expect(kinds(outcomes, 'limit-reached')).toBeGreaterThan(5);
      const now = await live(application);
      expect(now).toEqual(await counted(application));
      expect(now.bytes).toBeLessThanOrEqual(1_000);
    });

    it('count changed, disabled, deleted and recreated endpoints', async () => {
      const application = await freshApplication();
      const { orgId, appId } = application;
      const [one, other] = [newEndpoint(appId, { orgId, uid: 'one' }), newEndpoint(appId, { orgId })];
      await stores.endpoints.create(one);
      await stores.endpoints.create(other);
      const change = (changes: object) => stores.endpoints.change(orgId, appId, one.id, () => changes, LATER);
      await change({ headers: { 'x-é': 'v' }, metadata: { a: 'b' }, channels: ['c'], eventTypes: ['d.e'] });
      expect(await live(application)).toEqual(await counted(application));
      await change({ disabled: true, disabledReason: 'gone' });
      await change({ url: 'https://a.com/', uid: null });
      await stores.applications.change(orgId, appId, { name: 'other' }, LATER);
      expect(await live(application)).toEqual(await counted(application));
      await stores.endpoints.remove(orgId, appId, one.id, LATER);
      await stores.endpoints.remove(orgId, appId, one.id, LATER);
      expect(await counted(application)).toEqual({ endpoints: 1, bytes: endpointBytes(other) });
      await stores.endpoints.remove(orgId, appId, other.id, LATER);
      expect(await counted(application)).toEqual({ endpoints: 0, bytes: 0 });
    });

    it('begin a new period of their health when their URL changes or they are enabled, and with no other change', async () => {
      const { orgId, appId } = await freshApplication();
      const one = newEndpoint(appId, { orgId });
      await stores.endpoints.create(one);
      const after = async (changes: object, at: number) => {
        await stores.endpoints.change(orgId, appId, one.id, () => changes, at);
        return (await stores.endpoints.find(orgId, appId, one.id))?.healthFrom;
      };
      expect(await after({ url: one.url, description: 'x', disabled: false }, LATER)).toBeUndefined();
      expect(await after({ url: 'https://repaired.example/' }, LATER + 1)).toBe(LATER + 1);
      expect(await after({ disabled: true }, LATER + 5)).toBe(LATER + 1);
      expect(await after({ disabled: false }, LATER + 6)).toBe(LATER + 6);
      // In the same millisecond: another period all the same.
      expect(await after({ url: one.url }, LATER + 6)).toBe(LATER + 7);
    });

    it('keep the spans in which they were off', async () => {
      const { orgId, appId } = await freshApplication();
      const one = newEndpoint(appId, { orgId });
      await stores.endpoints.create(one);
      const change = (changes: object, at: number) =>
        stores.endpoints.change(orgId, appId, one.id, () => changes, at);
      await change({ disabled: true, disabledReason: 'failing' }, LATER);
      await change({ disabled: false, disabledReason: null }, LATER + 1);
      await change({ disabled: true, disabledReason: null }, LATER + 2);
      expect((await stores.endpoints.find(orgId, appId, one.id))?.offSpans).toEqual([
        { since: LATER, until: LATER + 1, reason: 'failing' },
        { since: LATER + 2, until: null, reason: 'owner' },
      ]);
    });

    it('free room with each deletion', async () => {
      const { orgId, appId } = await freshApplication();
      const one = { ...limits, endpoints: 1 };
      const made = newEndpoint(appId, { orgId });
      const create = (endpoint = newEndpoint(appId, { orgId })) =>
        stores.endpoints.create(endpoint, undefined, one);
      await create(made);
      expect((await create()).kind).toBe('limit-reached');
      await stores.endpoints.remove(orgId, appId, made.id, LATER);
      expect((await create()).kind).toBe('written');
    });

    it('refuse an endpoint that is too large when created or changed', async () => {
      const { orgId, appId } = await freshApplication();
      const answer = { kind: 'limit-reached', which: 'endpointBytes', most: 400 };
      const large = { headers: { 'x-key': 'v'.repeat(400) } };
      const made = newEndpoint(appId, { orgId });
      expect(
        await stores.endpoints.create(newEndpoint(appId, { orgId, ...large }), undefined, limits),
      ).toEqual(answer);
      await stores.endpoints.create(made, undefined, limits);
      expect(await stores.endpoints.change(orgId, appId, made.id, () => large, LATER, limits)).toEqual(
        answer,
      );
      expect(await stores.endpoints.find(orgId, appId, made.id)).toEqual(made);
    });

    it('never refuse a change that does not make an endpoint larger, even above a lowered limit', async () => {
      const application = await freshApplication();
      const { orgId, appId } = application;
      const made = newEndpoint(appId, { orgId, description: 'x'.repeat(300) });
      await stores.endpoints.create(made);
      const lowered = { endpoints: 1, applicationBytes: 10, endpointBytes: 10 };
      const change = (changes: object) =>
        stores.endpoints.change(orgId, appId, made.id, () => changes, LATER, lowered);
      expect((await change({ disabled: true, disabledReason: 'failing', failSince: NOON })).kind).toBe(
        'written',
      );
      expect((await change({ description: 'x'.repeat(299) })).kind).toBe('written');
      expect((await change({ description: 'x'.repeat(300) })).kind).toBe('limit-reached');
    });

    it('answer not found for a deleted application that was full', async () => {
      const { orgId, appId } = await freshApplication();
      const one = { ...limits, endpoints: 1 };
      await stores.endpoints.create(newEndpoint(appId, { orgId }), undefined, one);
      await stores.applications.remove(orgId, appId, LATER);
      const outcome = await stores.endpoints.create(newEndpoint(appId, { orgId }), undefined, one);
      expect(outcome).toEqual({ kind: 'not-found' });
    });
  });
});
