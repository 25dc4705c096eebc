import type { Application } from './application.domain.ts';
import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import { appId } from '../../platform/ids/brand.domain.ts';
import type { ApplicationStore, Conflict, Written } from '../catalog.port.ts';
import type { PageRequest } from '../../platform/pages/page.ts';
import type { Catalog } from '../commit.dynamo.ts';
import { CONFLICT, NOT_FOUND, changeExisting, commit, withStoredResponse } from '../commit.dynamo.ts';
import { NO_GROWTH } from '../endpoints/endpoint-size.domain.ts';
import { HARD_ENDPOINT_LIMITS } from '../../platform/limits/endpoints.domain.ts';
import type { Stored } from '../items.ts';
import { applicationAttributes, readApplication, row } from '../items.ts';
import { findByIdOrUid, listPage } from '../lookup.dynamo.ts';
import type { Write } from '../writes.ts';
import {
  deleteAlong,
  endRevision,
  moveUid,
  putAlong,
  putNew,
  putOver,
  renewRevision,
  startRevision,
} from '../writes.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import { scanTable } from '../../platform/dynamodb/segment-scan.ts';
import { prefixEnd, readRow } from '../../platform/dynamodb/table.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

const applicationRow = (application: Application, rev: bigint, deletedAt: number | null = null) =>
  row(
    catalogKeys.application(application.orgId, application.id),
    'app',
    applicationAttributes(application, rev, deletedAt),
  );

const listingRow = (application: Application, rev: bigint) =>
  row(
    catalogKeys.applicationListing(application.orgId, application.id),
    'listing',
    applicationAttributes(application, rev),
  );

const moveApplicationUid = (
  table: string,
  { orgId, id }: Application,
  from: string | null,
  to: string | null,
) => moveUid(table, (uid) => catalogKeys.applicationUid(orgId, uid), id, from, to);

/** The writes of a new application, for a transaction that may have further ones. */
export const createApplication = (table: string, application: Application, rev: bigint): readonly Write[] => [
  putNew(table, applicationRow(application, rev)),
  putAlong(table, listingRow(application, rev)),
  ...moveApplicationUid(table, application, null, application.uid),
  ...startRevision(table, application.orgId, application.id, rev),
];

const changeApplication = (table: string, current: Stored<Application>, next: Application, rev: bigint) => [
  putOver(table, applicationRow(next, rev), current.rev),
  putAlong(table, listingRow(next, rev)),
  ...moveApplicationUid(table, next, current.item.uid, next.uid),
  ...renewRevision(table, next.orgId, next.id, {
    from: current.rev,
    to: rev,
    growth: NO_GROWTH,
    limits: HARD_ENDPOINT_LIMITS,
  }),
];

const removeApplication = (table: string, current: Stored<Application>, next: Application, rev: bigint) => [
  putOver(table, applicationRow(next, rev, next.updatedAt), current.rev),
  deleteAlong(table, catalogKeys.applicationListing(next.orgId, next.id)),
  ...moveApplicationUid(table, next, current.item.uid, null),
  ...endRevision(table, next.orgId, next.id),
];

export const makeApplicationStore = (catalog: Catalog): ApplicationStore => {
  const { client, table } = catalog;

  const read = async (orgId: OrgId, id: AppId): Promise<Stored<Application> | undefined> => {
    const stored = await readRow(client, { table, key: catalogKeys.application(orgId, id) }, readApplication);
    return stored?.deletedAt === null ? stored : undefined;
  };

  return {
    create: async (application, storedResponseOf) => {
      const outcome = await commit(catalog, [
        ...createApplication(table, application, catalog.newRev()),
        ...withStoredResponse(catalog, application, storedResponseOf),
      ]);
      if (outcome === 'written') return { kind: 'written', item: application };
      if (outcome === 'uid-taken') return CONFLICT;
      throw new Error(`The id ${application.id} exists already`);
    },

    find: (orgId, idOrUid) =>
      findByIdOrUid(catalog, idOrUid, {
        prefix: 'app_',
        read: async (id) => (await read(orgId, appId(id)))?.item,
        reservation: (uid) => catalogKeys.applicationUid(orgId, uid),
      }),

    list: (orgId: OrgId, page: PageRequest) => {
      const { pk } = catalogKeys.applicationListing(orgId, '');
      const listing = {
        range: { table, pk, low: 'app_', high: prefixEnd('app_') },
        keyOf: (id: string) => id,
        idOf: ({ id }: Application) => id,
        parse: (item: Parameters<typeof readApplication>[0]) => readApplication(item).item,
        keep: () => true,
      };
      return listPage(client, listing, page);
    },

    change: (orgId, id, changes, nowMs) =>
      changeExisting<Stored<Application>, Written<Application> | Conflict>(
        catalog,
        () => read(orgId, id),
        (current, rev) => {
          const next = { ...current.item, ...changes, updatedAt: nowMs };
          return {
            answer: { kind: 'written', item: next },
            writes: changeApplication(table, current, next, rev),
            refused: { 'uid-taken': CONFLICT, 'application-gone': NOT_FOUND },
          };
        },
      ),

    remove: (orgId, id, nowMs) =>
      changeExisting<Stored<Application>, Written<Application>>(
        catalog,
        () => read(orgId, id),
        (current, rev) => {
          const next = { ...current.item, uid: null, updatedAt: nowMs };
          return {
            answer: { kind: 'written', item: next },
            writes: removeApplication(table, current, next, rev),
          };
        },
      ),
  };
};

/** The rows of all applications of a stage, deleted ones included, page by page. One scan of the Catalog table. */
export const scanApplications = (client: DynamoClient, table: string) =>
  scanTable(client, table, {
    FilterExpression: '#type = :app',
    ExpressionAttributeNames: { '#type': 'type' },
    ExpressionAttributeValues: { ':app': 'app' },
  });
