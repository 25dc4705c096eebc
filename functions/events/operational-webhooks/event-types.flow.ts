import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { EventType } from '../../catalog/event-types/event-type.domain.ts';
import { MANAGEMENT_ORGANIZATION, OPERATIONAL_EVENT_TYPES } from './operational-webhook.domain.ts';
import type { EventTypeStore } from '../../catalog/catalog.port.ts';
import type { Page, PageRequest } from '../../platform/pages/page.ts';

/** Whether the seeded event types were written, and their writing. */
export interface OperationalSeed {
  written(): Promise<boolean>;
  /** All of them or none, and once for ever: what was changed or expunged since stays so. */
  write(eventTypes: readonly EventType[]): Promise<void>;
}

/** A page of a few items that are held whole, in the order of names. */
const pageOf = (
  items: readonly EventType[],
  { limit, cursor }: Pick<PageRequest, 'limit' | 'cursor'>,
): Page<EventType> => {
  const sorted = items.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  if (cursor?.direction === 'previous') {
    const before = sorted.filter(({ name }) => name < cursor.id);
    return { items: before.slice(Math.max(0, before.length - limit)), done: before.length <= limit };
  }
  const rest = sorted.filter(({ name }) => cursor === null || name > cursor.id);
  return { items: rest.slice(0, limit), done: rest.length <= limit };
};

/**
 * Event types with those of operational webhooks in the management organization. They are written before its first
 * change; until then reads, whose function has no right to write, answer what would be written.
 */
export const withOperationalEventTypes = (store: EventTypeStore, seed: OperationalSeed): EventTypeStore => {
  let known = false;
  /** Asked once per process after it became true, and never for other organizations. */
  const isWritten = async (orgId: OrgId): Promise<boolean> => {
    if (orgId !== MANAGEMENT_ORGANIZATION || known) return true;
    known = await seed.written();
    return known;
  };
  const seeded = async (orgId: OrgId): Promise<EventTypeStore> => {
    if (!(await isWritten(orgId))) await seed.write(OPERATIONAL_EVENT_TYPES);
    known ||= orgId === MANAGEMENT_ORGANIZATION;
    return store;
  };
  const named = (name: string) => OPERATIONAL_EVENT_TYPES.find((one) => one.name === name);

  return {
    find: async (orgId, name) => ((await isWritten(orgId)) ? store.find(orgId, name) : named(name)),
    list: async (orgId, page, filter) =>
      (await isWritten(orgId))
        ? store.list(orgId, page, filter)
        : pageOf(OPERATIONAL_EVENT_TYPES.filter(filter), page),
    known: async (orgId, names) =>
      (await isWritten(orgId))
        ? store.known(orgId, names)
        : new Set(names.filter((name) => named(name) !== undefined)),
    create: async (eventType, storedResponseOf) =>
      (await seeded(eventType.orgId)).create(eventType, storedResponseOf),
    put: async (eventType) => (await seeded(eventType.orgId)).put(eventType),
    change: async (orgId, name, changes, nowMs) => (await seeded(orgId)).change(orgId, name, changes, nowMs),
    expunge: async (orgId, name) => (await seeded(orgId)).expunge(orgId, name),
  };
};
