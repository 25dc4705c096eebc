import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AppId, OrgId } from '../platform/ids/brand.domain.ts';
import { row } from './items.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import { catalogKeys, REVISION_COPIES } from '../platform/dynamodb/keys.ts';
import type { Row } from '../platform/dynamodb/table.ts';

/** A part of a transaction, and what it means when its condition fails. */
export interface Write {
  readonly meaning: 'changed-meanwhile' | 'uid-taken' | 'application-gone' | 'hold-lost';
  readonly write: TransactWriteItem;
}

const ITEM = 'changed-meanwhile';
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

/** The revision of a new application: its own item's `rev`, since it has no endpoints yet. */
export const startRevision = (TableName: string, orgId: OrgId, id: AppId, rev: bigint): readonly Write[] =>
  copies.map((copy) =>
    putNew(TableName, row(catalogKeys.applicationRevision(orgId, id, copy), 'rev', { revision: rev })),
  );

const LIVE = 'attribute_exists(pk) AND attribute_not_exists(deleted)';

const updateRevision = (
  TableName: string,
  orgId: OrgId,
  id: AppId,
  UpdateExpression: string,
  values: Row,
): readonly Write[] =>
  copies.map((copy) => ({
    meaning: 'application-gone',
    write: {
      Update: {
        TableName,
        Key: marshall(catalogKeys.applicationRevision(orgId, id, copy)),
        UpdateExpression,
        ConditionExpression: LIVE,
        ExpressionAttributeValues: marshall(values),
      },
    },
  }));

/**
 * The revision is the sum of the `rev`s of the application's item and its live endpoints, so a snapshot can be
 * checked against it: one that was read while a transaction was half visible does not add up, and is not believed.
 * Also the assertion that the application is live. `from` or `to` 0: the item comes or goes.
 */
export const renewRevision = (
  table: string,
  orgId: OrgId,
  id: AppId,
  from: bigint,
  to: bigint,
): readonly Write[] => updateRevision(table, orgId, id, 'ADD revision :change', { ':change': to - from });

/** For good: nothing is written to a deleted application. */
export const endRevision = (table: string, orgId: OrgId, id: AppId): readonly Write[] =>
  updateRevision(table, orgId, id, 'SET deleted = :yes', { ':yes': true });

/** The settings are one item, so their revision is its `rev`. */
export const setSettingsRevision = (TableName: string, orgId: OrgId, rev: bigint): readonly Write[] =>
  copies.map((copy) =>
    putAlong(TableName, row(catalogKeys.settingsRevision(orgId, copy), 'rev', { revision: rev })),
  );
