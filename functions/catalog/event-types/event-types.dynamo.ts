import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { EventType } from './event-type.domain.ts';
import type { Conflict, EventTypeStore, NotFound, Written } from '../catalog.port.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import type { Catalog, Plan } from '../commit.dynamo.ts';
import { CONFLICT, NOT_FOUND, decideAndWrite, withStoredResponse } from '../commit.dynamo.ts';
import type { Stored } from '../items.ts';
import { eventTypeAttributes, readEventType, row } from '../items.ts';
import { listPage } from '../lookup.dynamo.ts';
import type { Write } from '../writes.ts';
import { deleteOver, putNew, putOver, setSchemasRevision } from '../writes.ts';
import { chunksOf } from '../../platform/concurrency/chunks.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import { PATH_NAME_BYTES } from '../../platform/limits/requests.domain.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { prefixEnd, readRow } from '../../platform/dynamodb/table.ts';

/** Longer names do not fit into a sort key, so no event type has one. */
const mayExist = (name: string) => Buffer.byteLength(name) <= PATH_NAME_BYTES;

type Current = Stored<EventType> | undefined;

const writeItem = (table: string, current: Current, next: EventType, rev: bigint): Write => {
  const item = row(catalogKeys.eventType(next.orgId, next.name), 'evtype', eventTypeAttributes(next, rev));
  return current === undefined ? putNew(table, item) : putOver(table, item, current.rev);
};

/** Event types of one transaction: the schemas and texts of ten fit into its 4 MB. */
const WRITES_AT_ONCE = 10;

/** A change of schemas renews their revision, by which publish knows whether the schemas that it compiled are the stored ones. */
const changesSchemas = (current: Current, next: EventType | undefined): boolean =>
  (current?.item.schemas ?? null) !== (next?.schemas ?? null);

const write = (table: string, current: Current, next: EventType, rev: bigint): readonly Write[] => [
  writeItem(table, current, next, rev),
  ...(changesSchemas(current, next) ? setSchemasRevision(table, next.orgId, rev) : []),
];

export const makeEventTypeStore = (catalog: Catalog): EventTypeStore => {
  const { client, table } = catalog;

  const read = async (orgId: OrgId, name: string): Promise<Current> => {
    if (!mayExist(name)) return undefined;
    return readRow(client, { table, key: catalogKeys.eventType(orgId, name) }, readEventType);
  };

  const readMany = async (orgId: OrgId, names: readonly string[]): Promise<readonly Current[]> => {
    const places = names.map((name) => ({ table, key: catalogKeys.eventType(orgId, name) }));
    const rows = places.map(await batchGet(client, places, catalog.pause));
    return rows.map((item) => (item === undefined ? undefined : readEventType(item)));
  };

  const decide = <Answer>(
    { orgId, name }: Pick<EventType, 'orgId' | 'name'>,
    plan: (current: Current, rev: bigint) => Plan<Answer>,
  ): Promise<Answer> => decideAndWrite(catalog, () => read(orgId, name), plan);

  return {
    create: (eventType, storedResponseOf) =>
      decide<Written<EventType> | Conflict>(eventType, (current, rev) => {
        if (current?.item.archived === false) return { answer: CONFLICT };
        const item = { ...eventType, createdAt: current?.item.createdAt ?? eventType.createdAt };
        const writes = [
          ...write(table, current, item, rev),
          ...withStoredResponse(catalog, item, storedResponseOf),
        ];
        return { answer: { kind: 'written', item }, writes };
      }),

    find: async (orgId, name) => (await read(orgId, name))?.item,

    list: (orgId, page, filter) => {
      const { pk, sk } = catalogKeys.eventType(orgId, '');
      const listing = {
        range: { table, pk, low: sk, high: prefixEnd(sk) },
        keyOf: (name: string) => catalogKeys.eventType(orgId, name).sk,
        idOf: ({ name }: EventType) => name,
        parse: (item: Row) => readEventType(item).item,
        keep: filter,
      };
      return listPage(client, listing, { ...page, order: 'ascending' });
    },

    known: async (orgId, names) => {
      const found = await readMany(orgId, names.filter(mayExist));
      return new Set(found.filter((one) => one?.item.archived === false).map((one) => one?.item.name ?? ''));
    },

    writeMany: async (orgId, names, change) => {
      for (const some of chunksOf(names, WRITES_AT_ONCE)) {
        await decideAndWrite(
          catalog,
          () => readMany(orgId, some),
          (found, rev): Plan<undefined> => {
            const changed = found.flatMap((current, index) => {
              const next = change(some[index] ?? '', current?.item);
              return next === undefined ? [] : [{ current, next }];
            });
            const renews = changed.some(({ current, next }) => changesSchemas(current, next));
            const writes = [
              ...changed.map(({ current, next }) => writeItem(table, current, next, rev)),
              ...(renews ? setSchemasRevision(table, orgId, rev) : []),
            ];
            return { answer: undefined, writes };
          },
        );
      }
    },

    put: (eventType) =>
      decide<{ kind: 'created' | 'updated'; item: EventType }>(eventType, (current, rev) => {
        const item = { ...eventType, createdAt: current?.item.createdAt ?? eventType.createdAt };
        const kind = current === undefined ? 'created' : 'updated';
        return { answer: { kind, item }, writes: write(table, current, item, rev) };
      }),

    change: (orgId, name, changes, nowMs) =>
      decide<Written<EventType> | NotFound>({ orgId, name }, (current, rev) => {
        if (current === undefined) return { answer: NOT_FOUND };
        const item = { ...current.item, ...changes, updatedAt: nowMs };
        return { answer: { kind: 'written', item }, writes: write(table, current, item, rev) };
      }),

    expunge: (orgId, name) =>
      decide<{ kind: 'removed' } | NotFound>({ orgId, name }, (current, rev) => {
        if (current === undefined) return { answer: NOT_FOUND };
        const writes = [
          deleteOver(table, catalogKeys.eventType(orgId, name), current.rev),
          ...(changesSchemas(current, undefined) ? setSchemasRevision(table, orgId, rev) : []),
        ];
        return { answer: { kind: 'removed' }, writes };
      }),
  };
};
