import { describe, expect, it } from 'vitest';
import { orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { MANAGEMENT_ORGANIZATION } from '../../../functions/events/operational-webhooks/operational-webhook.domain.ts';
import type { EventTypeStore } from '../../../functions/catalog/catalog.port.ts';
import {
  operationalEventTypes,
  withOperationalEventTypes,
} from '../../../functions/events/operational-webhooks/event-types.flow.ts';

const everything = () => true;
const refuse = () => Promise.reject(new Error('the store must not be called'));
const untouched: EventTypeStore = {
  create: refuse,
  find: refuse,
  list: refuse,
  known: refuse,
  put: refuse,
  change: refuse,
  writeMany: refuse,
  expunge: refuse,
};

/** A store without event types. */
const empty: EventTypeStore = {
  ...untouched,
  find: () => Promise.resolve(undefined),
  list: () => Promise.resolve({ items: [], done: true }),
  known: () => Promise.resolve(new Set()),
};
const unseeded = (store = empty) =>
  withOperationalEventTypes(store, { names: () => Promise.resolve(new Set()), write: refuse });
const names = operationalEventTypes()
  .map(({ name }) => name)
  .toSorted();

describe('event types of a management organization that has none stored', () => {
  it('are the seven operational event types', async () => {
    const page = await unseeded().list(MANAGEMENT_ORGANIZATION, { limit: 50, cursor: null }, everything);
    expect([page.items.map(({ name }) => name), page.done]).toEqual([names, true]);
    expect(await unseeded().find(MANAGEMENT_ORGANIZATION, 'endpoint.disabled')).toMatchObject({
      archived: false,
    });
    expect(await unseeded().find(MANAGEMENT_ORGANIZATION, 'endpoint.enabled')).toBeUndefined();
    expect(await unseeded().known(MANAGEMENT_ORGANIZATION, ['endpoint.created', 'x'])).toEqual(
      new Set(['endpoint.created']),
    );
  });

  it('are listed in pages that can be walked in both directions', async () => {
    const list = async (direction: 'next' | 'previous', id: string) => {
      const page = { limit: 3, cursor: { id, direction } };
      const { items, done } = await unseeded().list(MANAGEMENT_ORGANIZATION, page, everything);
      return [items.map(({ name }) => name), done];
    };
    expect(await list('next', names[2]!)).toEqual([names.slice(3, 6), false]);
    expect(await list('next', names[5]!)).toEqual([names.slice(6), true]);
    expect(await list('previous', names[6]!)).toEqual([names.slice(3, 6), false]);
    expect(await list('previous', names[2]!)).toEqual([names.slice(0, 2), true]);
  });

  it('are not added to other organizations, which have only their stored ones', async () => {
    await expect(unseeded(untouched).find(orgId('org_x'), 'endpoint.created')).rejects.toThrow(
      'must not be called',
    );
  });
});
