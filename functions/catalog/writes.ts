import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AppId, OrgId } from '../platform/ids/brand.domain.ts';
import type { EndpointLimits } from '../platform/limits/endpoints.domain.ts';
import type { Growth } from './endpoints/endpoint-size.domain.ts';
import { readRevision, row } from './items.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import { catalogKeys, REVISION_COPIES } from '../platform/dynamodb/keys.ts';
import type { Row } from '../platform/dynamodb/table.ts';

export type Meaning =
  | 'changed-meanwhile'
  | 'uid-taken'
  | 'application-gone'
  | 'too-many-endpoints'
  | 'too-many-bytes'
  | 'hold-lost';

/** A part of a transaction, and what it means when its condition fails. */
export interface Write {
  /** By the item that is stored, where the write asks for it (ALL_OLD). */
  readonly meaning: Meaning | ((found: Row | undefined) => Meaning);
  readonly write: TransactWriteItem;
}

const ITEM: Meaning = 'changed-meanwhile';
const NEW = 'attribute_not_exists(pk)';

export const putNew = (TableName: string, item: Row): Write => ({
  meaning: ITEM,
  write: { Put: { TableName, Item: marshall(item), ConditionExpression: NEW } },
});

/** Over the item that had this `rev`, and no other. */
export const putOver = (TableName: string, item: Row, rev: bigint): Write => {
  const condition = {
    ConditionExpression: 'rev = :rev',
    ExpressionAttributeValues: marshall({ ':rev': rev }),
  };
  return { meaning: ITEM, write: { Put: { TableName, Item: marshall(item), ...condition } } };
};

export const deleteOver = (TableName: string, key: Key, rev: bigint): Write => {
  const condition = {
    ConditionExpression: 'rev = :rev',
    ExpressionAttributeValues: marshall({ ':rev': rev }),
  };
  return { meaning: ITEM, write: { Delete: { TableName, Key: marshall(key), ...condition } } };
};

/** What is written or deleted because its item is: the item's own condition guards it. */
export const putAlong = (TableName: string, item: Row): Write => ({
  meaning: ITEM,
  write: { Put: { TableName, Item: marshall(item) } },
});

export const deleteAlong = (TableName: string, key: Key): Write => ({
  meaning: ITEM,
  write: { Delete: { TableName, Key: marshall(key) } },
});

/** From one uid to another, either may be none: frees the old, takes the new. `id` is whom it stands for. */
export const moveUid = (
  TableName: string,
  keyOf: (uid: string) => Key,
  id: string,
  from: string | null,
  to: string | null,
): readonly Write[] => {
  if (from === to) return [];
  const freed = from === null ? [] : [deleteAlong(TableName, keyOf(from))];
  if (to === null) return freed;
  const Item = marshall(row(keyOf(to), 'uid', { id }));
  return [...freed, { meaning: 'uid-taken', write: { Put: { TableName, Item, ConditionExpression: NEW } } }];
};

const copies = Array.from({ length: REVISION_COPIES }, (_, copy) => copy);

const NO_ENDPOINTS = { endpointCount: 0, endpointBytes: 0 };

/** The revision of a new application: its own item's `rev`, since it has no endpoints yet. */
export const startRevision = (TableName: string, orgId: OrgId, id: AppId, rev: bigint): readonly Write[] =>
  copies.map((copy) =>
    putNew(
      TableName,
      row(catalogKeys.applicationRevision(orgId, id, copy), 'rev', { revision: rev, ...NO_ENDPOINTS }),
    ),
  );

const LIVE = 'attribute_exists(pk) AND attribute_not_exists(deleted)';

interface RevisionUpdate {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly values: Row;
  readonly meaning: Write['meaning'];
}

const updateRevision = (
  TableName: string,
  orgId: OrgId,
  id: AppId,
  { UpdateExpression, ConditionExpression, values, meaning }: RevisionUpdate,
): readonly Write[] =>
  copies.map((copy) => ({
    meaning,
    write: {
      Update: {
        TableName,
        Key: marshall(catalogKeys.applicationRevision(orgId, id, copy)),
        UpdateExpression,
        ConditionExpression,
        ExpressionAttributeValues: marshall(values),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
  }));

/** What an application's endpoints may still grow by: conditions for what grows, none for what stays or shrinks. */
const roomFor = (growth: Growth, limits: EndpointLimits) => {
  const endpoints = {
    name: 'endpointCount',
    value: ':endpointRoom',
    room: limits.endpoints - growth.endpoints,
  };
  const bytes = { name: 'endpointBytes', value: ':byteRoom', room: limits.applicationBytes - growth.bytes };
  return [...(growth.endpoints > 0 ? [endpoints] : []), ...(growth.bytes > 0 ? [bytes] : [])];
};

/** Why a revision could not be renewed, by the one that is stored. */
const refusalOf =
  (growth: Growth, limits: EndpointLimits) =>
  (found: Row | undefined): Meaning => {
    const current = found === undefined ? undefined : readRevision(found);
    if (current === undefined || current.deleted === true) return 'application-gone';
    const isFull = growth.endpoints > 0 && current.endpointCount > limits.endpoints - growth.endpoints;
    return isFull ? 'too-many-endpoints' : 'too-many-bytes';
  };

export interface Renewal {
  /** The item's `rev` before and after; 0: the item comes or goes. */
  readonly from: bigint;
  readonly to: bigint;
  readonly growth: Growth;
  readonly limits: EndpointLimits;
}

/**
 * The revision is the sum of the `rev`s of the application's item and its live endpoints, so a snapshot can be
 * checked against it: one that was read while a transaction was half visible does not add up, and is not believed.
 * Also the assertion that the application is live, and that what grows stays within the limits: the counters of
 * endpoints and their bytes are exact because every write of an endpoint changes them in its own transaction.
 */
export const renewRevision = (
  table: string,
  orgId: OrgId,
  id: AppId,
  { from, to, growth, limits }: Renewal,
): readonly Write[] => {
  const room = roomFor(growth, limits);
  return updateRevision(table, orgId, id, {
    UpdateExpression: 'ADD revision :change, endpointCount :endpoints, endpointBytes :bytes',
    ConditionExpression: [LIVE, ...room.map(({ name, value }) => `${name} <= ${value}`)].join(' AND '),
    values: {
      ':change': to - from,
      ':endpoints': growth.endpoints,
      ':bytes': growth.bytes,
      ...Object.fromEntries(room.map(({ value, room: most }) => [value, most])),
    },
    meaning: refusalOf(growth, limits),
  });
};

/** For good: nothing is written to a deleted application. */
export const endRevision = (table: string, orgId: OrgId, id: AppId): readonly Write[] =>
  updateRevision(table, orgId, id, {
    UpdateExpression: 'SET deleted = :yes',
    ConditionExpression: LIVE,
    values: { ':yes': true },
    meaning: 'application-gone',
  });

/** The settings are one item, so their revision is its `rev`. */
export const setSettingsRevision = (TableName: string, orgId: OrgId, rev: bigint): readonly Write[] =>
  copies.map((copy) =>
    putAlong(TableName, row(catalogKeys.settingsRevision(orgId, copy), 'rev', { revision: rev })),
  );
