import { beforeAll, describe, expect, it } from 'vitest';
import {
  MANAGEMENT_ORGANIZATION,
  OPERATIONAL_EVENT_TYPES,
} from '../../../functions/events/operational-webhooks/operational-webhook.domain.ts';
import { withOperationalEventTypes } from '../../../functions/events/operational-webhooks/event-types.flow.ts';
import type { Catalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeEventTypeStore } from '../../../functions/catalog/event-types/event-types.dynamo.ts';
import { makeOperationalSeed } from '../../../functions/events/operational-webhooks/event-type-seed.dynamo.ts';
import { LATER, anEventType, freshTable } from './catalog.ts';

const ORG = MANAGEMENT_ORGANIZATION;
const NAMES = OPERATIONAL_EVENT_TYPES.map(({ name }) => name);

/** As a fresh process sees it. */
const eventTypes = (catalog: Catalog) =>
  withOperationalEventTypes(makeEventTypeStore(catalog), makeOperationalSeed(catalog));
const listed = async (catalog: Catalog) => {
  const page = await eventTypes(catalog).list(ORG, { limit: 50, cursor: null }, () => true);
  return page.items.map(({ name, archived }) => (archived ? `-${name}` : name));
};

describe('operational event types', () => {
  let catalog: Catalog;
  beforeAll(async () => (catalog = await freshTable()));

  it('are written once by many first changes at the same time, and join what is added', async () => {
    const added = Array.from({ length: 10 }, (_, index) => anEventType(`mine.${index}`, { orgId: ORG }));
    await Promise.all(added.map((one) => eventTypes(catalog).create(one)));
    expect(await listed(catalog)).toEqual([...NAMES, ...added.map(({ name }) => name)].toSorted());
    expect(await eventTypes(catalog).create(anEventType('endpoint.created', { orgId: ORG }))).toEqual({
      kind: 'conflict',
    });
  });

  it('stay archived or gone once somebody archived or expunged them', async () => {
    await eventTypes(catalog).change(ORG, 'endpoint.updated', { archived: true }, LATER);
    await eventTypes(catalog).expunge(ORG, 'endpoint.created');
    const left = await listed(catalog);
    expect(left).toContain('-endpoint.updated');
    expect(left).not.toContain('endpoint.created');
    expect(await eventTypes(catalog).known(ORG, NAMES)).not.toContain('endpoint.updated');
  });
});
