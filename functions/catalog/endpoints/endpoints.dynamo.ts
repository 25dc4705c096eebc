import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import { changed } from './endpoint.domain.ts';
import type { Endpoint } from './endpoint.domain.ts';
import type { Conflict, EndpointStore, LimitReached, Written } from '../catalog.port.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import type { Catalog } from '../commit.dynamo.ts';
import { CONFLICT, NOT_FOUND, changeExisting, commit, withStoredResponse } from '../commit.dynamo.ts';
import type { EndpointLimits } from '../../platform/limits/endpoints.domain.ts';
import { HARD_ENDPOINT_LIMITS } from '../../platform/limits/endpoints.domain.ts';
import { growthOf, isTooLarge } from './endpoint-size.domain.ts';
import type { Stored } from '../items.ts';
import { endpointAttributes, readEndpoint, row } from '../items.ts';
import { findByIdOrUid, listPage } from '../lookup.dynamo.ts';
import { deleteOver, moveUid, putAlong, putNew, putOver, renewRevision } from '../writes.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import { readableRows } from '../../platform/dynamodb/readable-rows.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { prefixEnd, readRow } from '../../platform/dynamodb/table.ts';

const REFUSED = { kind: 'refused' } as const;
const limitReached = (limits: EndpointLimits, which: keyof EndpointLimits): LimitReached => ({
  kind: 'limit-reached',
  which,
  most: limits[which],
});

const endpointRow = (endpoint: Endpoint, rev: bigint) =>
  row(
    catalogKeys.endpoint(endpoint.orgId, endpoint.appId, endpoint.id),
    'ep',
    endpointAttributes(endpoint, rev),
  );

/** Deletion frees the uid; `lastUid` keeps it for the events of the deletion (endpoint-image.ts). */
const deletedRow = (endpoint: Endpoint, rev: bigint, lastUid: string | null) =>
  row(catalogKeys.endpointDeleted(endpoint.orgId, endpoint.appId, endpoint.id), 'ep', {
    ...endpointAttributes(endpoint, rev, endpoint.updatedAt),
    lastUid,
  });

const moveEndpointUid = (table: string, endpoint: Endpoint, from: string | null, to: string | null) =>
  moveUid(
    table,
    (uid) => catalogKeys.endpointUid(endpoint.orgId, endpoint.appId, uid),
    endpoint.id,
    from,
    to,
  );

const createEndpoint = (table: string, endpoint: Endpoint, rev: bigint, limits: EndpointLimits) => [
  putNew(table, endpointRow(endpoint, rev)),
  ...moveEndpointUid(table, endpoint, null, endpoint.uid),
  ...renewRevision(table, endpoint.orgId, endpoint.appId, {
    from: 0n,
    to: rev,
    growth: growthOf(undefined, endpoint),
    limits,
  }),
];

const changeEndpoint = (
  table: string,
  current: Stored<Endpoint>,
  next: Endpoint,
  rev: bigint,
  limits: EndpointLimits,
) => [
  putOver(table, endpointRow(next, rev), current.rev),
  ...moveEndpointUid(table, next, current.item.uid, next.uid),
  ...renewRevision(table, next.orgId, next.appId, {
    from: current.rev,
    to: rev,
    growth: growthOf(current.item, next),
    limits,
  }),
];

const removeEndpoint = (table: string, current: Stored<Endpoint>, next: Endpoint, rev: bigint) => [
  deleteOver(table, catalogKeys.endpoint(next.orgId, next.appId, next.id), current.rev),
  putAlong(table, deletedRow(next, rev, current.item.uid)),
  ...moveEndpointUid(table, next, current.item.uid, null),
  ...renewRevision(table, next.orgId, next.appId, {
    from: current.rev,
    to: 0n,
    growth: growthOf(current.item, undefined),
    limits: HARD_ENDPOINT_LIMITS,
  }),
];

/** The key range of an application's live endpoints. */
const endpointRange = (orgId: OrgId, app: AppId): { pk: string; low: string; high: string } => {
  const { pk, sk } = catalogKeys.endpoint(orgId, app, '');
  return { pk, low: sk, high: prefixEnd(sk) };
};

export const makeEndpointStore = (catalog: Catalog): EndpointStore => {
  const { client, table } = catalog;

  const read = (orgId: OrgId, app: AppId, id: string): Promise<Stored<Endpoint> | undefined> =>
    readRow(client, { table, key: catalogKeys.endpoint(orgId, app, id) }, readEndpoint);

  return {
    create: async (endpoint, storedResponseOf, limits = HARD_ENDPOINT_LIMITS) => {
      if (isTooLarge(endpoint, growthOf(undefined, endpoint), limits)) {
        return limitReached(limits, 'endpointBytes');
      }
      const outcome = await commit(catalog, [
        ...createEndpoint(table, endpoint, catalog.newRev(), limits),
        ...withStoredResponse(catalog, endpoint, storedResponseOf),
      ]);
      switch (outcome) {
        case 'written':
          return { kind: 'written', item: endpoint };
        case 'uid-taken':
          return CONFLICT;
        case 'application-gone':
          return NOT_FOUND;
        case 'too-many-endpoints':
          return limitReached(limits, 'endpoints');
        case 'too-many-bytes':
          return limitReached(limits, 'applicationBytes');
        case 'changed-meanwhile':
          throw new Error(`The id ${endpoint.id} exists already`);
      }
    },

    find: (orgId, app, idOrUid) =>
      findByIdOrUid(catalog, idOrUid, {
        prefix: 'ep_',
        read: async (id) => (await read(orgId, app, id))?.item,
        reservation: (uid) => catalogKeys.endpointUid(orgId, app, uid),
      }),

    findMany: async (orgId, app, ids) => {
      const live = ids.map((id) => ({ table, key: catalogKeys.endpoint(orgId, app, id) }));
      const deleted = ids.map((id) => ({ table, key: catalogKeys.endpointDeleted(orgId, app, id) }));
      const found = await batchGet(client, [...live, ...deleted], catalog.pause);
      const rows = live.map((place, index) => found(place) ?? found(deleted[index] ?? place));
      return readableRows(
        rows.filter((item) => item !== undefined),
        (item) => readEndpoint(item).item,
      );
    },

    list: (orgId, app, page) => {
      const listing = {
        range: { table, ...endpointRange(orgId, app) },
        keyOf: (id: string) => catalogKeys.endpoint(orgId, app, id).sk,
        idOf: ({ id }: Endpoint) => id,
        parse: (item: Row) => readEndpoint(item).item,
        keep: () => true,
      };
      return listPage(client, listing, page);
    },

    change: (orgId, app, id, change, nowMs, limits = HARD_ENDPOINT_LIMITS) =>
      changeExisting<Stored<Endpoint>, Written<Endpoint> | Conflict | LimitReached | typeof REFUSED>(
        catalog,
        () => read(orgId, app, id),
        (current, rev) => {
          const changes = change(current.item);
          if (changes === undefined) return { answer: REFUSED };
          const next = changed(current.item, changes, nowMs);
          if (isTooLarge(next, growthOf(current.item, next), limits)) {
            return { answer: limitReached(limits, 'endpointBytes') };
          }
          return {
            answer: { kind: 'written', item: next },
            writes: changeEndpoint(table, current, next, rev, limits),
            refused: {
              'uid-taken': CONFLICT,
              'application-gone': NOT_FOUND,
              'too-many-bytes': limitReached(limits, 'applicationBytes'),
            },
          };
        },
      ),

    remove: (orgId, app, id, nowMs) =>
      changeExisting<Stored<Endpoint>, Written<Endpoint>>(
        catalog,
        () => read(orgId, app, id),
        (current, rev) => {
          const next = { ...current.item, uid: null, updatedAt: nowMs };
          return {
            answer: { kind: 'written', item: next },
            writes: removeEndpoint(table, current, next, rev),
            refused: { 'uid-taken': NOT_FOUND, 'application-gone': NOT_FOUND },
          };
        },
      ),
  };
};
