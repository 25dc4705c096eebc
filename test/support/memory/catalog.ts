import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import type {
  ApplicationStore,
  EndpointStore,
  EventTypeStore,
  LimitReached,
  SettingsStore,
} from '../../../functions/catalog/catalog.port.ts';
import { growthOf, isTooLarge } from '../../../functions/catalog/endpoints/endpoint-size.domain.ts';
import type { Growth } from '../../../functions/catalog/endpoints/endpoint-size.domain.ts';
import { endpointBytes } from '../../../functions/catalog/endpoints/endpoint-size.domain.ts';
import { changed } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { EventType } from '../../../functions/catalog/event-types/event-type.domain.ts';
import type { SettingsOverrides } from '../../../functions/catalog/settings/settings.domain.ts';
import type { AppId, OrgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { EndpointLimits } from '../../../functions/platform/limits/endpoints.domain.ts';
import { HARD_ENDPOINT_LIMITS } from '../../../functions/platform/limits/endpoints.domain.ts';
import { makeMemoryIdempotency } from './idempotency.ts';
import type { MemoryIdempotency } from './idempotency.ts';
import { idPage } from './id-page.ts';

export interface MemoryCatalog {
  readonly applications: ApplicationStore;
  readonly endpoints: EndpointStore;
  readonly eventTypes: EventTypeStore;
  readonly settings: SettingsStore;
  /** The rows by id, without deleted ones, for tests that read or change them directly. */
  readonly rows: {
    readonly applications: Map<string, Application>;
    readonly endpoints: Map<string, Endpoint>;
  };
  /** The revision of the schemas of an organization's event types. */
  readonly schemasRevision: (orgId: OrgId) => bigint | undefined;
}

const written = <Item>(item: Item) => ({ kind: 'written' as const, item });
const NOT_FOUND = { kind: 'not-found' } as const;
const CONFLICT = { kind: 'conflict' } as const;

type CreateWith = MemoryIdempotency['createWith'];

const makeApplications = (rows: Map<string, Application>, createWith: CreateWith): ApplicationStore => {
  const live = (orgId: OrgId) => [...rows.values()].filter((row) => row.orgId === orgId);
  const read = (orgId: OrgId, id: AppId) => live(orgId).find((row) => row.id === id);
  const isTaken = (orgId: OrgId, uid: string | null | undefined, except?: AppId) =>
    uid != null && live(orgId).some((row) => row.uid === uid && row.id !== except);
  return {
    create: async (row, storedResponseOf) =>
      createWith(storedResponseOf?.(row), () => {
        if (isTaken(row.orgId, row.uid)) return CONFLICT;
        rows.set(row.id, row);
        return written(row);
      }),
    find: async (orgId, idOrUid) => live(orgId).find(({ id, uid }) => id === idOrUid || uid === idOrUid),
    list: async (orgId, page) => idPage(live(orgId), ({ id }) => id, page),
    change: async (orgId, id, changes, nowMs) => {
      const row = read(orgId, id);
      if (row === undefined) return NOT_FOUND;
      if (isTaken(orgId, changes.uid, id)) return CONFLICT;
      const next = { ...row, ...changes, updatedAt: nowMs };
      rows.set(id, next);
      return written(next);
    },
    remove: async (orgId, id, nowMs) => {
      const row = read(orgId, id);
      if (row === undefined) return NOT_FOUND;
      rows.delete(id);
      return written({ ...row, uid: null, updatedAt: nowMs });
    },
  };
};

const reached = (limits: EndpointLimits, which: keyof EndpointLimits): LimitReached => ({
  kind: 'limit-reached',
  which,
  most: limits[which],
});

/** The limit of an application's endpoints that a write would exceed; writes that add nothing exceed none. */
const limitReached = (
  all: readonly Endpoint[],
  growth: Growth,
  limits: EndpointLimits,
): LimitReached | undefined => {
  if (growth.endpoints > 0 && all.length + growth.endpoints > limits.endpoints) {
    return reached(limits, 'endpoints');
  }
  const bytes = all.reduce((sum, endpoint) => sum + endpointBytes(endpoint), 0);
  const isOver = growth.bytes > 0 && bytes + growth.bytes > limits.applicationBytes;
  return isOver ? reached(limits, 'applicationBytes') : undefined;
};

const makeEndpoints = (
  rows: Map<string, Endpoint>,
  isLive: (orgId: OrgId, appId: AppId) => boolean,
  createWith: CreateWith,
): EndpointStore => {
  const deleted = new Map<string, Endpoint>();
  const of = (some: Map<string, Endpoint>, orgId: OrgId, appId: AppId) =>
    [...some.values()].filter((row) => row.orgId === orgId && row.appId === appId);
  const live = (orgId: OrgId, appId: AppId) => of(rows, orgId, appId);
  const read = (orgId: OrgId, appId: AppId, id: string) => live(orgId, appId).find((row) => row.id === id);
  const refusal = (current: Endpoint | undefined, next: Endpoint, limits: EndpointLimits) => {
    const { orgId, appId, id, uid } = next;
    const growth = growthOf(current, next);
    if (isTooLarge(next, growth, limits)) return reached(limits, 'endpointBytes');
    if (!isLive(orgId, appId)) return NOT_FOUND;
    const all = live(orgId, appId);
    if (uid !== null && all.some((row) => row.uid === uid && row.id !== id)) return CONFLICT;
    return limitReached(all, growth, limits);
  };
  const write = (current: Endpoint | undefined, next: Endpoint, limits: EndpointLimits) => {
    const refused = refusal(current, next, limits);
    if (refused !== undefined) return refused;
    rows.set(next.id, next);
    return written(next);
  };
  return {
    create: async (row, storedResponseOf, limits = HARD_ENDPOINT_LIMITS) =>
      createWith(storedResponseOf?.(row), () => write(undefined, row, limits)),
    find: async (orgId, appId, idOrUid) =>
      live(orgId, appId).find(({ id, uid }) => id === idOrUid || uid === idOrUid),
    findMany: async (orgId, appId, ids) => {
      const known = [...live(orgId, appId), ...of(deleted, orgId, appId)];
      return ids.flatMap((id) => known.find((row) => row.id === id) ?? []);
    },
    list: async (orgId, appId, page) => idPage(live(orgId, appId), ({ id }) => id, page),
    change: async (orgId, appId, id, change, nowMs, limits = HARD_ENDPOINT_LIMITS) => {
      const row = read(orgId, appId, id);
      if (row === undefined) return NOT_FOUND;
      const changes = change(row);
      return changes === undefined ? { kind: 'refused' } : write(row, changed(row, changes, nowMs), limits);
    },
    remove: async (orgId, appId, id, nowMs) => {
      const row = read(orgId, appId, id);
      if (row === undefined || !isLive(orgId, appId)) return NOT_FOUND;
      const next = { ...row, uid: null, updatedAt: nowMs };
      rows.delete(id);
      deleted.set(id, next);
      return written(next);
    },
  };
};

const makeEventTypes = (createWith: CreateWith, revisions: Map<OrgId, bigint>): EventTypeStore => {
  const rows = new Map<string, EventType>();
  const keyOf = (orgId: OrgId, name: string) => JSON.stringify([orgId, name]);
  const read = (orgId: OrgId, name: string) => rows.get(keyOf(orgId, name));
  const renewSchemas = (orgId: OrgId) => revisions.set(orgId, (revisions.get(orgId) ?? 0n) + 1n);
  const write = (row: EventType) => {
    const current = read(row.orgId, row.name);
    const item = { ...row, createdAt: current?.createdAt ?? row.createdAt };
    if ((current?.schemas ?? null) !== row.schemas) renewSchemas(row.orgId);
    rows.set(keyOf(row.orgId, row.name), item);
    return item;
  };
  return {
    create: async (row, storedResponseOf) =>
      createWith(storedResponseOf?.(row), () =>
        read(row.orgId, row.name)?.archived === false ? CONFLICT : written(write(row)),
      ),
    find: async (orgId, name) => read(orgId, name),
    list: async (orgId, page, filter) => {
      const own = [...rows.values()].filter((row) => row.orgId === orgId && filter(row));
      return idPage(own, ({ name }) => name, { ...page, order: 'ascending' });
    },
    known: async (orgId, names) => new Set(names.filter((name) => read(orgId, name)?.archived === false)),
    put: async (row) => {
      const kind = read(row.orgId, row.name) === undefined ? 'created' : 'updated';
      return { kind, item: write(row) };
    },
    change: async (orgId, name, changes, nowMs) => {
      const row = read(orgId, name);
      return row === undefined ? NOT_FOUND : written(write({ ...row, ...changes, updatedAt: nowMs }));
    },
    writeMany: async (orgId, names, change) => {
      for (const name of names) {
        const next = change(name, read(orgId, name));
        if (next !== undefined) write(next);
      }
    },
    expunge: async (orgId, name) => {
      if (read(orgId, name)?.schemas != null) renewSchemas(orgId);
      return rows.delete(keyOf(orgId, name)) ? { kind: 'removed' } : NOT_FOUND;
    },
  };
};

const makeSettings = (): SettingsStore => {
  const rows = new Map<OrgId, SettingsOverrides>();
  const overridesOf = (orgId: OrgId) => rows.get(orgId) ?? {};
  return {
    overrides: async (orgId) => overridesOf(orgId),
    change: async (orgId, changes) => {
      const named = Object.entries(changes).filter(([, value]) => value !== undefined);
      const next = Object.entries({ ...overridesOf(orgId), ...Object.fromEntries(named) });
      const overrides: SettingsOverrides = Object.fromEntries(next.filter(([, value]) => value !== null));
      rows.set(orgId, overrides);
      return overrides;
    },
  };
};

/** The stores of the catalog; they pass the suites of test/contract/store like the DynamoDB adapters. */
export const makeMemoryCatalog = ({ createWith } = makeMemoryIdempotency()): MemoryCatalog => {
  const rows = { applications: new Map<string, Application>(), endpoints: new Map<string, Endpoint>() };
  const revisions = new Map<OrgId, bigint>();
  const isLive = (orgId: OrgId, appId: AppId) => rows.applications.get(appId)?.orgId === orgId;
  return {
    applications: makeApplications(rows.applications, createWith),
    endpoints: makeEndpoints(rows.endpoints, isLive, createWith),
    eventTypes: makeEventTypes(createWith, revisions),
    schemasRevision: (orgId) => revisions.get(orgId),
    settings: makeSettings(),
    rows,
  };
};
