import type { OrgId } from '../../platform/ids/brand.domain.ts';
import { IMPORT_LIMITS } from '../../platform/limits/schemas.domain.ts';
import type { EventTypeStore } from '../catalog.port.ts';
import { pickFields } from '../fields.ts';
import type { EventType } from './event-type.domain.ts';
import { EVENT_TYPE_FIELDS, storedEventTypeFields } from './event-type-fields.ts';
import type { EventTypeFields } from './event-type-fields.ts';

/** An event type to import; absent fields stay as they are. */
export type ImportedEventType = Pick<EventType, 'name' | 'description' | 'deprecated' | 'schemas'> &
  Partial<EventTypeFields>;

/** A planned import, which nothing was written of. */
export interface PlannedImport {
  /** Event types that are new or differ from the stored ones. */
  readonly changed: readonly ImportedEventType[];
  /** Names of stored event types that the import lacks. */
  readonly absent: readonly string[];
}

type Store = Pick<EventTypeStore, 'list' | 'writeMany'>;
const PAGE = 250;

/** The stored event types, read to the end: an organization has no more than its imports and requests made. */
export async function* storedEventTypes(
  store: Pick<EventTypeStore, 'list'>,
  orgId: OrgId,
): AsyncGenerator<EventType> {
  let cursor: string | undefined;
  for (;;) {
    const at = cursor === undefined ? null : { id: cursor, direction: 'next' as const };
    const page = await store.list(orgId, { limit: PAGE, cursor: at }, () => true);
    yield* page.items;
    cursor = page.resumeAt ?? page.items.at(-1)?.name;
    if (page.done || cursor === undefined) return;
  }
}

const after = (imported: ImportedEventType, current: EventType | undefined): EventTypeFields =>
  storedEventTypeFields.parse({ ...current, ...imported });

const differs = (imported: ImportedEventType, current: EventType | undefined): boolean =>
  current === undefined ||
  JSON.stringify(after(imported, current)) !== JSON.stringify(pickFields(EVENT_TYPE_FIELDS, current));

/** Compares an import with the stored event types, of which it holds one page at a time. */
export const planImport = async (
  store: Pick<EventTypeStore, 'list'>,
  orgId: OrgId,
  imported: readonly ImportedEventType[],
): Promise<PlannedImport> => {
  const byName = new Map(imported.map((one) => [one.name, one]));
  const unchanged = new Set<string>();
  const absent: string[] = [];
  for await (const current of storedEventTypes(store, orgId)) {
    const one = byName.get(current.name);
    if (one === undefined) {
      if (!current.archived) absent.push(current.name);
    } else if (!differs(one, current)) unchanged.add(current.name);
  }
  return { changed: imported.filter(({ name }) => !unchanged.has(name)), absent };
};

/**
 * Writes event types, a few in one transaction. A repeat after a crash writes those that are missing: what is stored already
 * is left as it is.
 */
export const writeImport = async (
  store: Store,
  orgId: OrgId,
  imported: readonly ImportedEventType[],
  nowMs: number,
): Promise<void> => {
  const byName = new Map(imported.map((one) => [one.name, one]));
  await store.writeMany(orgId, [...byName.keys()], (name, current) => {
    const one = byName.get(name);
    if (one === undefined || !differs(one, current)) return undefined;
    return { orgId, name, ...after(one, current), createdAt: current?.createdAt ?? nowMs, updatedAt: nowMs };
  });
};

/** Archives event types. */
export const archiveAll = async (
  store: Store,
  orgId: OrgId,
  names: readonly string[],
  nowMs: number,
): Promise<void> =>
  store.writeMany(orgId, names, (_, current) =>
    current === undefined || current.archived ? undefined : { ...current, archived: true, updatedAt: nowMs },
  );

/** The first problem of schemas that an import would write; undefined: none. */
export type FirstProblem = { readonly name: string; readonly message: string } | 'out-of-time' | undefined;

/** Checks schemas one after the other, with a time limit for all of them. */
export const checkImport = async (
  changed: readonly ImportedEventType[],
  problemOf: (schemas: string) => Promise<string | undefined>,
  now: () => number,
): Promise<FirstProblem> => {
  const deadline = now() + IMPORT_LIMITS.checkMs;
  for (const { name, schemas } of changed) {
    if (schemas === null) continue;
    if (now() > deadline) return 'out-of-time';
    const message = await problemOf(schemas);
    if (message !== undefined) return { name, message };
  }
  return undefined;
};
