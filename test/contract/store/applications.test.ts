import { beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationStore } from '../../../functions/catalog/catalog.port.ts';
import { NOON, newApplication, uniqueIds } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';
import { LATER, freshOrg, freshTable, loseAnswer, storesOf } from './catalog.ts';

const ALL = { limit: 250, cursor: null, order: 'ascending' } as const;
const kinds = (outcomes: readonly { kind: string }[], kind: string) =>
  outcomes.filter((outcome) => outcome.kind === kind).length;

describe.each(ADAPTERS)('application store %s', (_, makeStores) => {
  let applications: ApplicationStore;
  beforeAll(async () => {
    ({ applications } = await makeStores());
  });

  describe('creating an application', () => {
    it('makes it readable at once by id, by uid and in the list', async () => {
      const orgId = freshOrg();
      const metadata = { b: '2', a: '1', '': 'unnamed', é: '' };
      const made = newApplication({ orgId, uid: 'acme', throttleRate: 7, metadata });
      expect(await applications.create(made)).toEqual({ kind: 'written', item: made });
      expect(await applications.find(orgId, made.id)).toEqual(made);
      const byUid = await applications.find(orgId, 'acme');
      expect(byUid).toEqual(made);
      expect(Object.keys(byUid?.metadata ?? {})).toEqual(Object.keys(metadata));
      expect(await applications.list(orgId, ALL)).toEqual({ items: [made], done: true });
    });

    it('gives the uid to exactly one of 50 racing creations', async () => {
      const orgId = freshOrg();
      const made = Array.from({ length: 50 }, () => newApplication({ orgId, uid: 'acme' }));
      const outcomes = await Promise.all(made.map((application) => applications.create(application)));
      expect([kinds(outcomes, 'written'), kinds(outcomes, 'conflict')]).toEqual([1, 49]);
      expect((await applications.list(orgId, ALL)).items).toHaveLength(1);
    });

    it('allows the same uid in another organization', async () => {
      const [one, other] = [freshOrg(), freshOrg()];
      await applications.create(newApplication({ orgId: one, uid: 'acme' }));
      expect((await applications.create(newApplication({ orgId: other, uid: 'acme' }))).kind).toBe('written');
      expect(await applications.find(freshOrg(), 'acme')).toBeUndefined();
    });

    it('finds nothing under a name that is too long', async () => {
      expect(await applications.find(freshOrg(), 'x'.repeat(5_000))).toBeUndefined();
    });
  });

  describe('changing an application', () => {
    it('moves its uid: the old one becomes free, the new one is taken', async () => {
      const orgId = freshOrg();
      const made = newApplication({ orgId, uid: 'old' });
      await applications.create(made);
      const changed = await applications.change(orgId, made.id, { uid: 'new', name: 'Renamed' }, LATER);
      expect(changed).toEqual({
        kind: 'written',
        item: { ...made, uid: 'new', name: 'Renamed', updatedAt: LATER },
      });
      expect(await applications.find(orgId, 'old')).toBeUndefined();
      expect((await applications.find(orgId, 'new'))?.name).toBe('Renamed');
      expect((await applications.list(orgId, ALL)).items[0]?.name).toBe('Renamed');
      expect((await applications.create(newApplication({ orgId, uid: 'old' }))).kind).toBe('written');
      expect((await applications.create(newApplication({ orgId, uid: 'new' }))).kind).toBe('conflict');
    });

    it('is refused without effect when another application has the uid', async () => {
      const orgId = freshOrg();
      await applications.create(newApplication({ orgId, uid: 'taken' }));
      const made = newApplication({ orgId, uid: 'mine' });
      await applications.create(made);
      expect(await applications.change(orgId, made.id, { uid: 'taken', name: 'x' }, LATER)).toEqual({
        kind: 'conflict',
      });
      expect(await applications.find(orgId, 'mine')).toEqual(made);
    });

    it('applies every one of 50 parallel changes', async () => {
      const orgId = freshOrg();
      const made = newApplication({ orgId });
      await applications.create(made);
      const names = Array.from({ length: 50 }, (_, index) => `name ${index}`);
      const outcomes = await Promise.all(
        names.map((name) => applications.change(orgId, made.id, { name }, LATER)),
      );
      expect(kinds(outcomes, 'written')).toBe(50);
      expect(names).toContain((await applications.find(orgId, made.id))?.name);
    });

    it('answers not found for an application that does not exist', async () => {
      expect(await applications.change(freshOrg(), uniqueIds.app(NOON), { name: 'x' }, LATER)).toEqual({
        kind: 'not-found',
      });
    });
  });

  describe('an application of another organization', () => {
    it('is not found, changed or removed', async () => {
      const [orgId, other] = [freshOrg(), freshOrg()];
      const made = newApplication({ orgId, uid: 'acme' });
      await applications.create(made);
      expect(await applications.find(other, made.id)).toBeUndefined();
      expect(await applications.find(other, 'acme')).toBeUndefined();
      expect((await applications.list(other, ALL)).items).toEqual([]);
      expect((await applications.change(other, made.id, { name: 'x' }, LATER)).kind).toBe('not-found');
      expect((await applications.remove(other, made.id, LATER)).kind).toBe('not-found');
      expect(await applications.find(orgId, 'acme')).toEqual(made);
    });
  });

  describe('removing an application', () => {
    it('hides it everywhere, frees its uid and succeeds once', async () => {
      const orgId = freshOrg();
      const made = newApplication({ orgId, uid: 'acme' });
      await applications.create(made);
      const outcomes = await Promise.all([1, 2, 3].map(() => applications.remove(orgId, made.id, LATER)));
      expect([kinds(outcomes, 'written'), kinds(outcomes, 'not-found')]).toEqual([1, 2]);
      expect(await applications.find(orgId, made.id)).toBeUndefined();
      expect(await applications.find(orgId, 'acme')).toBeUndefined();
      expect((await applications.list(orgId, ALL)).items).toEqual([]);
      expect((await applications.change(orgId, made.id, { name: 'x' }, LATER)).kind).toBe('not-found');
      expect((await applications.create(newApplication({ orgId, uid: 'acme' }))).kind).toBe('written');
    });
  });
});

describe('application store on DynamoDB', () => {
  it('is no conflict with itself when the SDK repeats a call whose answer was lost', async () => {
    const made = newApplication({ orgId: freshOrg(), uid: 'acme' });
    const catalog = await freshTable();
    const { applications } = storesOf(catalog);
    const lost = loseAnswer(catalog);
    expect((await applications.create(made)).kind).toBe('written');
    expect(lost()).toBe(true);
    expect(await applications.find(made.orgId, 'acme')).toEqual(made);
  });
});
