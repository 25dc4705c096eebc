import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { EventType } from '../../catalog/event-types/event-type.domain.ts';
import { storedEventTypeFields } from '../../catalog/event-types/event-type-fields.ts';
import { MANAGEMENT_ORGANIZATION, OPERATIONAL_DESCRIPTIONS } from './operational-webhook.domain.ts';
import type { EventTypeStore } from '../../catalog/catalog.port.ts';
import type { Page, PageRequest } from '../../platform/pages/page.ts';
import { settleAll } from '../../platform/settle.domain.ts';

/** `createdAt` of the seeded event types. */
const SEEDED_AT = Date.UTC(2026, 0, 1);

/** The event types that are seeded into the management organization. */
export const operationalEventTypes = (): readonly EventType[] =>
  Object.entries(OPERATIONAL_DESCRIPTIONS).map(([name, description]) => ({
    ...{ orgId: MANAGEMENT_ORGANIZATION, name, createdAt: SEEDED_AT, updatedAt: SEEDED_AT },
    ...storedEventTypeFields.parse({ description }),
  }));

/** The port to the seeded event types. */
export interface OperationalSeed {
  /** The names that were ever seeded. */
  names(): Promise<ReadonlySet<string>>;
  /**
   * Writes the event types that were never seeded. Each is seeded once for ever: later changes and expunges are kept, and
   * an event type that the operator created under the same name is not overwritten.
   */
  write(eventTypes: readonly EventType[]): Promise<void>;
}

type ListRequest = Pick<PageRequest, 'limit' | 'cursor'>;

/** Whether a name falls into the range of the page: after the cursor and not after the page's last name. */
const isCovered = (name: string, { cursor }: ListRequest, page: Page<EventType>): boolean => {
  const backward = cursor?.direction === 'previous';
  const end = page.done ? undefined : (page.resumeAt ?? page.items.at(backward ? 0 : -1)?.name);
  return backward
    ? name < cursor.id && (end === undefined || name > end)
    : (cursor === null || name > cursor.id) && (end === undefined || name < end);
};

/** Adds event types that are not stored yet to a page of stored ones, in the order of names. */
const merged = (
  page: Page<EventType>,
  unseeded: readonly EventType[],
  request: ListRequest,
): Page<EventType> => {
  const stored = new Set(page.items.map(({ name }) => name));
  const added = unseeded.filter(({ name }) => !stored.has(name) && isCovered(name, request, page));
  if (added.length === 0) return page;
  const items = [...page.items, ...added].toSorted((left, right) => (left.name < right.name ? -1 : 1));
  if (items.length <= request.limit) return { ...page, items };
  return {
    items:
      request.cursor?.direction === 'previous'
        ? items.slice(items.length - request.limit)
        : items.slice(0, request.limit),
    done: false,
  };
};

/**
 * An event type store that adds those of operational webhooks to the management organization. Event types that no
 * release has seeded yet are written before the next change of an event type there. Until then reads add them to the
 * answer, since the `query` function may not write.
 */
export const withOperationalEventTypes = (store: EventTypeStore, seed: OperationalSeed): EventTypeStore => {
  let complete = false;
  /** Empty for other organizations. Once all are seeded, a process stops reading the names. */
  const unseededOf = async (orgId: OrgId): Promise<readonly EventType[]> => {
    if (orgId !== MANAGEMENT_ORGANIZATION || complete) return [];
    const names = await seed.names();
    const unseeded = operationalEventTypes().filter(({ name }) => !names.has(name));
    complete = unseeded.length === 0;
    return unseeded;
  };
  const seeded = async (orgId: OrgId): Promise<EventTypeStore> => {
    if ((await unseededOf(orgId)).length > 0) await seed.write(operationalEventTypes());
    complete ||= orgId === MANAGEMENT_ORGANIZATION;
    return store;
  };
  const find = async (orgId: OrgId, name: string): Promise<EventType | undefined> => {
    const unseeded = (await unseededOf(orgId)).find((one) => one.name === name);
    return (await store.find(orgId, name)) ?? unseeded;
  };

  return {
    find,
    list: async (orgId, page, filter) => {
      const unseeded = await unseededOf(orgId);
      return merged(await store.list(orgId, page, filter), unseeded.filter(filter), page);
    },
    known: async (orgId, names) => {
      const unseeded = new Set((await unseededOf(orgId)).map(({ name }) => name));
      const asked = names.filter((name) => unseeded.has(name));
      // An event type that the operator created and archived under such a name is stored but not known.
      const found = await settleAll(asked.map((name) => find(orgId, name)));
      const live = found.filter((one) => one?.archived === false).map((one) => one?.name ?? '');
      return new Set([...(await store.known(orgId, names)), ...live]);
    },
    create: async (eventType, storedResponseOf) =>
      (await seeded(eventType.orgId)).create(eventType, storedResponseOf),
    put: async (eventType) => (await seeded(eventType.orgId)).put(eventType),
    change: async (orgId, name, changes, nowMs) => (await seeded(orgId)).change(orgId, name, changes, nowMs),
    writeMany: async (orgId, names, change) => (await seeded(orgId)).writeMany(orgId, names, change),
    expunge: async (orgId, name) => (await seeded(orgId)).expunge(orgId, name),
  };
};
