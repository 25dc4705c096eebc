import { beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_ORGANIZATION } from '../../../functions/events/operational-webhooks/operational-webhook.domain.ts';
import {
  operationalEventTypes,
  withOperationalEventTypes,
} from '../../../functions/events/operational-webhooks/event-types.flow.ts';
import type { Catalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeEventTypeStore } from '../../../functions/catalog/event-types/event-types.dynamo.ts';
import { makeOperationalSeed } from '../../../functions/events/operational-webhooks/event-type-seed.dynamo.ts';
import { eventType } from '../../support/simulation/builders.ts';
import { LATER, freshTable } from './catalog.ts';

const ORG = MANAGEMENT_ORGANIZATION;
const NAMES = operationalEventTypes().map(({ name }) => name);

/** The store of a new process. */
const eventTypes = (catalog: Catalog) =>
  withOperationalEventTypes(makeEventTypeStore(catalog), makeOperationalSeed(catalog));
/** Writes the event types that an earlier release seeded at its first change. */
const seededByAnEarlierRelease = (catalog: Catalog, names: readonly string[]) =>
  makeOperationalSeed(catalog).write(operationalEventTypes().filter(({ name }) => names.includes(name)));
const listed = async (catalog: Catalog) => {
  const page = await eventTypes(catalog).list(ORG, { limit: 50, cursor: null }, () => true);
  return page.items.map(({ name, archived }) => (archived ? `-${name}` : name));
};

describe('operational event types', () => {
  let catalog: Catalog;
  beforeAll(async () => (catalog = await freshTable()));

  it('are written once by many concurrent first changes, beside the added event types', async () => {
    const added = Array.from({ length: 10 }, (_, index) => eventType(`mine.${index}`, { orgId: ORG }));
    await Promise.all(added.map((one) => eventTypes(catalog).create(one)));
    expect(await listed(catalog)).toEqual([...NAMES, ...added.map(({ name }) => name)].toSorted());
    expect(await eventTypes(catalog).create(eventType('endpoint.created', { orgId: ORG }))).toEqual({
      kind: 'conflict',
    });
  });

  it('stay archived or absent after they were archived or expunged', async () => {
    await eventTypes(catalog).change(ORG, 'endpoint.updated', { archived: true }, LATER);
    await eventTypes(catalog).expunge(ORG, 'endpoint.created');
    const left = await listed(catalog);
    expect(left).toContain('-endpoint.updated');
    expect(left).not.toContain('endpoint.created');
    expect(await eventTypes(catalog).known(ORG, NAMES)).not.toContain('endpoint.updated');
  });
});

describe('operational event types added by a later release', () => {
  const OLD = NAMES.filter((name) => name.startsWith('endpoint.'));
  const [DELETED] = OLD;
  const ADDED = NAMES.filter((name) => !OLD.includes(name));
  const OWN = ADDED[0]!;

  /** A seeded stage where one event type was expunged and another was created before the release knew it. */
  const start = async () => {
    const catalog = await freshTable();
    await seededByAnEarlierRelease(catalog, OLD);
    const store = makeEventTypeStore(catalog);
    await store.expunge(ORG, DELETED!);
    await store.create(eventType(OWN, { orgId: ORG, archived: true, description: 'mine' }));
    return catalog;
  };
  const expected = [...OLD.slice(1), `-${OWN}`, ...ADDED.slice(1)].toSorted((left, right) =>
    left.replace('-', '') < right.replace('-', '') ? -1 : 1,
  );

  it('are listed before anything is written, in both directions', async () => {
    const catalog = await start();
    expect(await listed(catalog)).toEqual(expected);
    expect(await eventTypes(catalog).find(ORG, ADDED[1]!)).toMatchObject({ name: ADDED[1] });
    expect(await eventTypes(catalog).find(ORG, DELETED!)).toBeUndefined();
    expect(await eventTypes(catalog).known(ORG, NAMES)).toEqual(
      new Set(NAMES.filter((name) => name !== DELETED && name !== OWN)),
    );
    const plain = expected.map((name) => name.replace('-', ''));
    for (const direction of ['next', 'previous'] as const) {
      const walked: string[] = [];
      let cursor = { id: direction === 'next' ? '!' : '~', direction };
      for (let done = false; !done;) {
        const page = await eventTypes(catalog).list(ORG, { limit: 2, cursor }, () => true);
        const names = page.items.map(({ name }) => name);
        walked.push(...(direction === 'next' ? names : names.toReversed()));
        cursor = { id: walked.at(-1)!, direction };
        done = page.done;
      }
      expect(walked).toEqual(direction === 'next' ? plain : plain.toReversed());
    }
  });

  it('are written with the next change; expunged and own event types stay as they are', async () => {
    const catalog = await start();
    const racing = Array.from({ length: 5 }, (_, index) => eventType(`mine.${index}`, { orgId: ORG }));
    await Promise.all(racing.map((one) => eventTypes(catalog).create(one)));
    const page = await makeEventTypeStore(catalog).list(ORG, { limit: 50, cursor: null }, () => true);
    const names = page.items.map(({ name, archived }) => (archived ? `-${name}` : name));
    expect(names.filter((name) => !name.startsWith('mine.'))).toEqual(expected);
    expect(await makeEventTypeStore(catalog).find(ORG, OWN)).toMatchObject({ description: 'mine' });
  });
});
