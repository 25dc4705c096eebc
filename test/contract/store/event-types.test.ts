import { beforeAll, describe, expect, it } from 'vitest';
import type { EventTypeStore } from '../../../functions/catalog/catalog.port.ts';
import { NOON, eventType } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';
import { LATER, freshOrg } from './catalog.ts';

const everything = { limit: 250, cursor: null } as const;

describe.each(ADAPTERS)('event type store %s', (_, makeStores) => {
  let eventTypes: EventTypeStore;
  beforeAll(async () => {
    ({ eventTypes } = await makeStores());
  });

  it('returns every field, with schemas as they were received', async () => {
    const made = eventType('user.created', {
      orgId: freshOrg(),
      schemas: '{"1": {"b":1,"a":1.0}}',
      groupName: 'g',
    });
    expect(await eventTypes.create(made)).toEqual({ kind: 'written', item: made });
    expect(await eventTypes.find(made.orgId, made.name)).toEqual(made);
  });

  it('creates an event type once for 20 concurrent creations', async () => {
    const orgId = freshOrg();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => eventTypes.create(eventType('a', { orgId }))),
    );
    expect(outcomes.filter(({ kind }) => kind === 'written')).toHaveLength(1);
  });

  it('creates 20 event types with schemas concurrently', async () => {
    const orgId = freshOrg();
    const names = Array.from({ length: 20 }, (_, index) => `type.${index}`);
    await Promise.all(
      names.map((name) => eventTypes.create(eventType(name, { orgId, schemas: '{"1":{}}' }))),
    );
    expect(await eventTypes.known(orgId, names)).toEqual(new Set(names));
  });

  it('writes many event types as decided by the stored ones', async () => {
    const orgId = freshOrg();
    const names = Array.from({ length: 23 }, (_, index) => `type.${index}`);
    await eventTypes.create(eventType('type.3', { orgId, description: 'kept', schemas: '{"1":{}}' }));
    await eventTypes.create(eventType('type.4', { orgId, description: 'old' }));
    await eventTypes.writeMany(orgId, names, (name, current) =>
      current?.description === 'kept'
        ? undefined
        : eventType(name, {
            orgId,
            description: `after ${current?.description ?? 'nothing'}`,
            createdAt: LATER,
          }),
    );
    const { items } = await eventTypes.list(orgId, everything, () => true);
    const byName = new Map(items.map((item) => [item.name, item]));
    expect(items).toHaveLength(23);
    expect(byName.get('type.3')).toMatchObject({ description: 'kept', schemas: '{"1":{}}' });
    expect(byName.get('type.4')).toMatchObject({ description: 'after old' });
    expect(byName.get('type.22')).toMatchObject({ description: 'after nothing', createdAt: LATER });
  });

  it('restores an archived event type with its original creation time', async () => {
    const orgId = freshOrg();
    await eventTypes.create(eventType('a', { orgId, archived: true, featureFlags: ['beta'] }));
    const anew = eventType('a', { orgId, description: 'new', createdAt: LATER, updatedAt: LATER });
    expect(await eventTypes.create(anew)).toEqual({ kind: 'written', item: { ...anew, createdAt: NOON } });
    expect((await eventTypes.find(orgId, 'a'))?.featureFlags).toEqual([]);
  });

  it('puts an event type under any name, whether or not it exists', async () => {
    const orgId = freshOrg();
    const name = 'a b/é#%';
    expect((await eventTypes.put(eventType(name, { orgId }))).kind).toBe('created');
    const second = await eventTypes.put(eventType(name, { orgId, createdAt: LATER, description: 'two' }));
    expect([second.kind, second.item.createdAt]).toEqual(['updated', NOON]);
    expect((await eventTypes.find(orgId, name))?.description).toBe('two');
  });

  it('changes named fields and answers not found for an absent event type', async () => {
    const orgId = freshOrg();
    const made = eventType('a', { orgId });
    await eventTypes.create(made);
    expect(await eventTypes.change(orgId, 'a', { archived: true }, LATER)).toEqual({
      kind: 'written',
      item: { ...made, archived: true, updatedAt: LATER },
    });
    expect((await eventTypes.change(orgId, 'b', { archived: true }, LATER)).kind).toBe('not-found');
    expect(await eventTypes.find(orgId, 'x'.repeat(4_000))).toBeUndefined();
  });

  it('does not find an event type of another organization', async () => {
    const [orgId, other] = [freshOrg(), freshOrg()];
    const made = eventType('a', { orgId });
    await eventTypes.create(made);
    expect(await eventTypes.find(other, 'a')).toBeUndefined();
    expect((await eventTypes.list(other, everything, () => true)).items).toEqual([]);
    expect(await eventTypes.known(other, ['a'])).toEqual(new Set());
    expect((await eventTypes.change(other, 'a', { archived: true }, LATER)).kind).toBe('not-found');
    expect((await eventTypes.expunge(other, 'a')).kind).toBe('not-found');
    expect((await eventTypes.put(eventType('a', { orgId: other }))).kind).toBe('created');
    expect(await eventTypes.find(orgId, 'a')).toEqual(made);
  });

  it('deletes an event type by expunging it', async () => {
    const orgId = freshOrg();
    await eventTypes.create(eventType('a', { orgId }));
    expect((await eventTypes.expunge(orgId, 'a')).kind).toBe('removed');
    expect((await eventTypes.expunge(orgId, 'a')).kind).toBe('not-found');
    expect((await eventTypes.create(eventType('a', { orgId }))).kind).toBe('written');
  });

  it('knows event types that are not archived', async () => {
    const orgId = freshOrg();
    await eventTypes.create(eventType('a', { orgId }));
    await eventTypes.create(eventType('old', { orgId, archived: true }));
    expect(await eventTypes.known(orgId, ['a', 'a', 'old', 'none', ''])).toEqual(new Set(['a']));
    expect(await eventTypes.known(orgId, [])).toEqual(new Set());
  });

  it('fills the pages of a list although most items are filtered out', async () => {
    const orgId = freshOrg();
    const names = Array.from({ length: 60 }, (_, index) => `t${String(index).padStart(2, '0')}`);
    await Promise.all(
      names.map((name, index) => eventTypes.create(eventType(name, { orgId, archived: index % 10 !== 0 }))),
    );
    const live = (page: Parameters<EventTypeStore['list']>[1]) =>
      eventTypes.list(orgId, page, ({ archived }) => !archived);
    const first = await live({ limit: 4, cursor: null });
    expect([first.items.map(({ name }) => name), first.done]).toEqual([['t00', 't10', 't20', 't30'], false]);
    const second = await live({ limit: 4, cursor: { id: 't30', direction: 'next' } });
    expect([second.items.map(({ name }) => name), second.done]).toEqual([['t40', 't50'], true]);
    expect((await live(everything)).items).toHaveLength(6);
  });

  it('lists from a cursor that is not an event type', async () => {
    const orgId = freshOrg();
    await eventTypes.create(eventType('b', { orgId }));
    const from = (id: string) =>
      eventTypes.list(orgId, { limit: 5, cursor: { id, direction: 'next' } }, () => true);
    expect((await from('a')).items).toHaveLength(1);
    expect((await from('é'.repeat(3_000))).items).toHaveLength(0);
  });
});
