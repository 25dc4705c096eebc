import type { AppId, OrgId } from '../platform/ids/brand.domain.ts';
import type { EndpointLimits } from '../platform/limits/endpoints.domain.ts';
import type { Growth } from './endpoints/endpoint-size.domain.ts';
import type { TokenMarks } from './tokens/token-marks.domain.ts';
import { VERSION, readRevision, row } from './items.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import { catalogKeys, REVISION_COPIES } from '../platform/dynamodb/keys.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import { settingAll } from '../platform/dynamodb/update-row.ts';
import type { TransactWrite } from '../platform/dynamodb/transact.ts';

export type Meaning =
  | 'changed-meanwhile'
  | 'uid-taken'
  | 'application-gone'
  | 'too-many-endpoints'
  | 'too-many-bytes'
  | 'lock-lost';

/** A write of a transaction, and what a failure of its condition means. */
export interface Write {
  /** A function decides by the stored item, if the write asks for it (ALL_OLD). */
  readonly meaning: Meaning | ((found: Row | undefined) => Meaning);
  readonly write: TransactWrite;
}

const ITEM: Meaning = 'changed-meanwhile';
const NEW = 'attribute_not_exists(pk)';

export const putNew = (TableName: string, item: Row): Write => ({
  meaning: ITEM,
  write: { Put: { TableName, Item: item, ConditionExpression: NEW } },
});

/** Replaces the item only if it still has this `rev`. */
export const putOver = (TableName: string, item: Row, rev: bigint): Write => {
  const condition = { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': rev } };
  return { meaning: ITEM, write: { Put: { TableName, Item: item, ...condition } } };
};

export const deleteOver = (TableName: string, key: Key, rev: bigint): Write => {
  const condition = { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': rev } };
  return { meaning: ITEM, write: { Delete: { TableName, Key: key, ...condition } } };
};

/**
 * A write without a condition, for an item whose transaction also has a conditional write (putNew, putOver,
 * deleteOver).
 */
export const putAlong = (TableName: string, item: Row): Write => ({
  meaning: ITEM,
  write: { Put: { TableName, Item: item } },
});

export const deleteAlong = (TableName: string, key: Key): Write => ({
  meaning: ITEM,
  write: { Delete: { TableName, Key: key } },
});

/** Frees the uid `from` and reserves the uid `to` for the item `id`; null: none. */
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
  const Item = row(keyOf(to), 'uid', { id });
  return [...freed, { meaning: 'uid-taken', write: { Put: { TableName, Item, ConditionExpression: NEW } } }];
};

const copies = Array.from({ length: REVISION_COPIES }, (_, copy) => copy);

const NO_ENDPOINTS = { endpointCount: 0, endpointBytes: 0 };

/** The revision of a new application: the `rev` of its item, since it has no endpoints yet. */
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
        Key: catalogKeys.applicationRevision(orgId, id, copy),
        UpdateExpression,
        ConditionExpression,
        ExpressionAttributeValues: values,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
  }));

/** Conditions that growth stays within the limits; none for a counter that does not grow. */
const roomFor = (growth: Growth, limits: EndpointLimits) => {
  const endpoints = {
    name: 'endpointCount',
    value: ':endpointRoom',
    room: limits.endpoints - growth.endpoints,
  };
  const bytes = { name: 'endpointBytes', value: ':byteRoom', room: limits.applicationBytes - growth.bytes };
  return [...(growth.endpoints > 0 ? [endpoints] : []), ...(growth.bytes > 0 ? [bytes] : [])];
};

/** Why the stored revision refused a renewal. */
const refusalOf =
  (growth: Growth, limits: EndpointLimits) =>
  (found: Row | undefined): Meaning => {
    const current = found === undefined ? undefined : readRevision(found);
    if (current === undefined || current.deleted === true) return 'application-gone';
    const isFull = growth.endpoints > 0 && current.endpointCount > limits.endpoints - growth.endpoints;
    return isFull ? 'too-many-endpoints' : 'too-many-bytes';
  };

export interface Renewal {
  /** The item's `rev` before and after; 0: it does not exist. */
  readonly from: bigint;
  readonly to: bigint;
  readonly growth: Growth;
  readonly limits: EndpointLimits;
}

/**
 * Adds the change of an item's `rev` to the revision, which is the sum of the `rev`s of the application's item and its
 * live endpoints. A snapshot that was read while a transaction was partly visible does not have that sum and is discarded.
 * The write fails if the application was deleted or growth exceeds the limits. The counters of endpoints and bytes are
 * exact, because every write of an endpoint changes them in its own transaction.
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

/** Marks the application deleted. All later writes to it fail. */
export const endRevision = (table: string, orgId: OrgId, id: AppId): readonly Write[] =>
  updateRevision(table, orgId, id, {
    UpdateExpression: 'SET deleted = :yes',
    ConditionExpression: LIVE,
    values: { ':yes': true },
    meaning: 'application-gone',
  });

/** Sets one attribute of the copies of a settings revision, and leaves the others as they are. */
const setInSettingsRevision = (
  TableName: string,
  orgId: OrgId,
  name: 'revision' | 'tokenMarks' | 'schemas',
  value: unknown,
): readonly Write[] =>
  copies.map((copy) => {
    const { expression, names, values } = settingAll({ v: VERSION, type: 'rev', [name]: value });
    return {
      meaning: ITEM,
      write: {
        Update: {
          TableName,
          Key: catalogKeys.settingsRevision(orgId, copy),
          UpdateExpression: expression,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
        },
      },
    };
  });

/** The revision of settings, which is the `rev` of their only item. */
export const setSettingsRevision = (table: string, orgId: OrgId, rev: bigint): readonly Write[] =>
  setInSettingsRevision(table, orgId, 'revision', rev);

/** The revision of the schemas of an organization's event types: a random number of each write that changes some. */
export const setSchemasRevision = (table: string, orgId: OrgId, rev: bigint): readonly Write[] =>
  setInSettingsRevision(table, orgId, 'schemas', rev);

/** The marks of an organization's tokens. Cached settings stay valid. */
export const setTokenMarks = (table: string, orgId: OrgId, marks: TokenMarks): readonly Write[] =>
  setInSettingsRevision(table, orgId, 'tokenMarks', marks);
