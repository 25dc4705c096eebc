import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import { appId } from '../../platform/ids/brand.domain.ts';
import type { OrganizationSettings } from '../settings/settings.domain.ts';
import type { SettledTenants, Tenant, TenantKey, Tenants } from '../catalog.port.ts';
import { FEW_TRIES, batchGet } from '../../platform/dynamodb/batch-get.ts';
import { makeCache } from './cache.ts';
import { makeSettingsAt, makeSnapshotAt } from './cached-snapshots.dynamo.ts';
import { followUid, isValidName } from '../lookup.dynamo.ts';
import type { Key } from '../../platform/dynamodb/keys.ts';
import { catalogKeys, REVISION_COPIES } from '../../platform/dynamodb/keys.ts';
import type { Pause, Row } from '../../platform/dynamodb/table.ts';
import { TRIES, realPause } from '../../platform/dynamodb/table.ts';
import { settleAll } from '../../platform/settle.domain.ts';

export interface TenantsOptions {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  /** The stage's settings, under the organizations' own. */
  readonly defaults: OrganizationSettings;
  /** Which copy of the revisions to read: 0 to REVISION_COPIES - 1, at random. */
  readonly randomCopy: () => number;
  readonly pause?: Pause;
}

/** The two halves of `load`, for readers that fetch the revisions together with items of their own. */
export interface CatalogTenants extends Tenants, SettledTenants {
  /** Where the revisions of these lie, in the Catalog. Twins are possible. */
  keysFor(keys: readonly TenantKey[]): readonly Key[];
  /**
   * How to load each of them, which fails by itself, and keep a part of it; an application that is being read is
   * shared. `found` must answer from strong reads of all of `keysFor`: what it does not find is taken to be gone.
   */
  loadEach<Of extends TenantKey, Part>(
    keys: readonly Of[],
    found: (key: Key) => Row | undefined,
    part: (tenant: Tenant | undefined, key: Of) => Part,
  ): readonly (() => Promise<Part>)[];
}

const copies = Array.from({ length: REVISION_COPIES }, (_, copy) => copy);
const UIDS = 10_000;

/** Asks once per name, however often the name occurs. */
const asked = <Answer>(): ((name: string, ask: () => Promise<Answer>) => Promise<Answer>) => {
  const answers = new Map<string, Promise<Answer>>();
  return (name, ask) => {
    const answer = answers.get(name) ?? ask();
    answers.set(name, answer);
    return answer;
  };
};

type Halves = Pick<CatalogTenants, 'keysFor' | 'loadEach'>;

const makeHalves = ({ defaults, randomCopy, ...source }: TenantsOptions): Halves => {
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
      const settings = asked<OrganizationSettings>();
      const settingsOf = (orgId: OrgId) =>
        settings(orgId, () =>
          settingsAt(
            orgId,
            anyCopy((copy) => catalogKeys.settingsRevision(orgId, copy)),
          ),
        );
      return keys.map((key) => async () => {
        const { orgId, appId: app } = key;
        const inForce = await settingsOf(orgId);
        const revision = anyCopy((copy) => catalogKeys.applicationRevision(orgId, app, copy));
        return snapshotAt(key, revision, (snapshot) => {
          if (snapshot === undefined) return part(undefined, key);
          const { application, endpoints, unreadable } = snapshot;
          return part({ application, endpoints, unreadable, settings: inForce }, key);
        });
      });
    },
  };
};

/**
 * Starts the loads of one application after each other, so that a large one is read once for all of them, and answers in
 * the order of `keys`.
 */
const startByApplication = <Part>(keys: readonly TenantKey[], loads: readonly (() => Promise<Part>)[]) =>
  loads
    .map((load, index) => ({ load, index, name: `${keys[index]?.orgId} ${keys[index]?.appId}` }))
    .toSorted((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0))
    .map(({ load, index }) => ({ index, running: load() }))
    .toSorted((left, right) => left.index - right.index)
    .map(({ running }) => running);

type LoadOne = (orgId: OrgId, id: AppId) => Promise<Tenant | undefined>;

/** By uid. What was found is remembered as a hint alone: the application must still have the uid. */
const makeByUid = ({ client, table, pause = realPause }: TenantsOptions, loadOne: LoadOne) => {
  const ids = makeCache<AppId>(UIDS);
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

/** Snapshots in memory, believed only while the revision they add up to is the one that stands in the table. */
export const makeTenants = (options: TenantsOptions): CatalogTenants => {
  const { client, table, pause = realPause } = options;
  const halves = makeHalves(options);
  const begin = async <Of extends TenantKey, Part>(
    keys: readonly Of[],
    tries: number,
    part: (tenant: Tenant | undefined, key: Of) => Part,
  ) => {
    const places = halves.keysFor(keys).map((key) => ({ table, key }));
    const found = await batchGet(client, places, pause, tries);
    return startByApplication(
      keys,
      halves.loadEach(keys, (key) => found({ table, key }), part),
    );
  };
  const load: Tenants['load'] = async (keys) => settleAll(await begin(keys, TRIES, (tenant) => tenant));
  const loadOne: LoadOne = async (orgId, id) => (await load([{ orgId, appId: id }]))[0];
  const byUid = makeByUid(options, loadOne);
  return {
    ...halves,
    load,
    loadSettled: async (keys, part) => Promise.allSettled(await begin(keys, FEW_TRIES, part)),
    resolve: async (orgId, idOrUid) => {
      if (!isValidName(idOrUid)) return undefined;
      // A uid cannot begin like an id.
      return idOrUid.startsWith('app_') ? loadOne(orgId, appId(idOrUid)) : byUid(orgId, idOrUid);
    },
  };
};
