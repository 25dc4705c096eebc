import { LRUCache } from 'lru-cache';
import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import { appId } from '../../platform/ids/brand.domain.ts';
import type { OrganizationSettings } from '../settings/settings.domain.ts';
import type { SettledTenants, Tenant, TenantKey, Tenants } from '../catalog.port.ts';
import { FEW_TRIES, batchGet } from '../../platform/dynamodb/batch-get.ts';
import { makeSettingsAt, makeSnapshotAt } from './cached-snapshots.dynamo.ts';
import { readSettingsRevision } from '../items.ts';
import { followUid, isValidName } from '../lookup.dynamo.ts';
import type { Key } from '../../platform/dynamodb/keys.ts';
import { catalogKeys, REVISION_COPIES } from '../../platform/dynamodb/keys.ts';
import type { Pause, Row } from '../../platform/dynamodb/table.ts';
import { TRIES, realPause } from '../../platform/dynamodb/table.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

export interface TenantsOptions {
  readonly client: DynamoClient;
  readonly table: string;
  /** The stage's settings, which those of the organization override. */
  readonly defaults: OrganizationSettings;
  /** Which copy of the revisions to read: 0 to REVISION_COPIES - 1, at random. */
  readonly randomCopy: () => number;
  readonly pause?: Pause;
}

/** `load` in two steps, for callers that read the revisions in one batch with items of their own. */
export interface CatalogTenants extends Tenants, SettledTenants {
  /** The keys of the revisions in the Catalog. May contain duplicates. */
  keysFor(keys: readonly TenantKey[]): readonly Key[];
  /**
   * Returns, for each key, a function that loads the application and returns the `part` of it. Each fails independently;
   * concurrent loads of one application share a read. `found` looks up strong reads of all `keysFor`: an application
   * without a row counts as deleted.
   */
  loadEach<Of extends TenantKey, Part>(
    keys: readonly Of[],
    found: (key: Key) => Row | undefined,
    part: (tenant: Tenant | undefined, key: Of) => Part,
  ): readonly (() => Promise<Part>)[];
}

const copies = Array.from({ length: REVISION_COPIES }, (_, copy) => copy);
const UIDS = 10_000;

/** Memoizes a load by name. */
const memoize = <Loaded>(): ((name: string, load: () => Promise<Loaded>) => Promise<Loaded>) => {
  const loads = new Map<string, Promise<Loaded>>();
  return (name, load) => {
    const loaded = loads.get(name) ?? load();
    loads.set(name, loaded);
    return loaded;
  };
};

/** What a snapshot has of the organization. */
type Organization = Pick<Tenant, 'settings' | 'tokenMarks' | 'schemasRevision'>;

type LoadSteps = Pick<CatalogTenants, 'keysFor' | 'loadEach'>;

const makeLoadSteps = ({ defaults, randomCopy, ...source }: TenantsOptions): LoadSteps => {
  const snapshotAt = makeSnapshotAt(source);
  const settingsAt = makeSettingsAt(source, defaults);
  return {
    keysFor: (keys) => {
      const copy = randomCopy();
      return keys.flatMap(({ orgId, appId: app }) => [
        catalogKeys.applicationRevision(orgId, app, copy),
        catalogKeys.settingsRevision(orgId, copy),
      ]);
    },
    loadEach: (keys, found, part) => {
      const anyCopy = (keyOf: (copy: number) => Key) =>
        copies.map((copy) => found(keyOf(copy))).find((row) => row !== undefined);
      const organizations = memoize<Organization>();
      const organizationOf = (orgId: OrgId) =>
        organizations(orgId, async () => {
          const revision = anyCopy((copy) => catalogKeys.settingsRevision(orgId, copy));
          const settings = await settingsAt(orgId, revision);
          if (revision === undefined) return { settings };
          const { tokenMarks, schemas } = readSettingsRevision(revision);
          return {
            settings,
            ...(tokenMarks === undefined ? {} : { tokenMarks }),
            ...(schemas === undefined ? {} : { schemasRevision: schemas }),
          };
        });
      return keys.map((key) => async () => {
        const { orgId, appId: app } = key;
        const organization = await organizationOf(orgId);
        const revision = anyCopy((copy) => catalogKeys.applicationRevision(orgId, app, copy));
        return snapshotAt(key, revision, (snapshot) => {
          if (snapshot === undefined) return part(undefined, key);
          const { application, endpoints, unreadable } = snapshot;
          return part({ application, endpoints, unreadable, ...organization }, key);
        });
      });
    },
  };
};

/**
 * Starts the loads in the order of applications, so that all loads of a large one share its read, and returns the promises
 * in the order of `keys`.
 */
const startByApplication = <Part>(keys: readonly TenantKey[], loads: readonly (() => Promise<Part>)[]) =>
  loads
    .map((load, index) => ({ load, index, name: `${keys[index]?.orgId} ${keys[index]?.appId}` }))
    .toSorted((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0))
    .map(({ load, index }) => ({ index, running: load() }))
    .toSorted((left, right) => left.index - right.index)
    .map(({ running }) => running);

type LoadOne = (orgId: OrgId, id: AppId) => Promise<Tenant | undefined>;

/** Finds an application by uid. The cached id is only a hint: the application must still have the uid. */
const makeByUid = ({ client, table, pause = realPause }: TenantsOptions, loadOne: LoadOne) => {
  const ids = new LRUCache<string, AppId>({ max: UIDS });
  return async (orgId: OrgId, uid: string): Promise<Tenant | undefined> => {
    const name = JSON.stringify([orgId, uid]);
    const withUid = async (id: AppId | undefined) => {
      const tenant = id === undefined ? undefined : await loadOne(orgId, id);
      return tenant?.application.uid === uid ? tenant : undefined;
    };
    const hinted = await withUid(ids.get(name));
    if (hinted !== undefined) return hinted;
    const key = catalogKeys.applicationUid(orgId, uid);
    const tenant = await followUid({ client, table, pause }, key, (id) => withUid(appId(id)));
    if (tenant === undefined) ids.delete(name);
    else ids.set(name, tenant.application.id);
    return tenant;
  };
};

/** Snapshots cached in memory. A snapshot is valid only while its revision equals the one in the table. */
export const makeTenants = (options: TenantsOptions): CatalogTenants => {
  const { client, table, pause = realPause } = options;
  const steps = makeLoadSteps(options);
  const begin = async <Of extends TenantKey, Part>(
    keys: readonly Of[],
    tries: number,
    part: (tenant: Tenant | undefined, key: Of) => Part,
  ) => {
    const places = steps.keysFor(keys).map((key) => ({ table, key }));
    const found = await batchGet(client, places, pause, tries);
    return startByApplication(
      keys,
      steps.loadEach(keys, (key) => found({ table, key }), part),
    );
  };
  const load: Tenants['load'] = async (keys) => settleAll(await begin(keys, TRIES, (tenant) => tenant));
  const loadOne: LoadOne = async (orgId, id) => (await load([{ orgId, appId: id }]))[0];
  const byUid = makeByUid(options, loadOne);
  return {
    ...steps,
    load,
    loadSettled: async (keys, part) => Promise.allSettled(await begin(keys, FEW_TRIES, part)),
    resolve: async (orgId, idOrUid) => {
      if (!isValidName(idOrUid)) return undefined;
      // A uid cannot begin with the prefix of ids.
      return idOrUid.startsWith('app_') ? loadOne(orgId, appId(idOrUid)) : byUid(orgId, idOrUid);
    },
  };
};
