import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { EventType } from './event-type.domain.ts';
import type { Conflict, EventTypeStore, NotFound, Written } from '../catalog.port.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import type { Catalog, Plan } from '../commit.dynamo.ts';
import { withStoredResponse, decideAndWrite } from '../commit.dynamo.ts';
import type { Stored } from '../items.ts';
import { eventTypeAttributes, readEventType, row } from '../items.ts';
import { listPage } from '../lookup.dynamo.ts';
import type { Write } from '../writes.ts';
import { deleteOver, putNew, putOver } from '../writes.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { prefixEnd, getRow } from '../../platform/dynamodb/table.ts';

const NOT_FOUND: NotFound = { kind: 'not-found' };
const CONFLICT: Conflict = { kind: 'conflict' };
const withoutWrites = <Answer>(answer: Answer): Plan<Answer> => ({ answer, writes: [] });

/** Longer names (bytes) do not fit into a sort key, so no event type has one. */
const LONGEST_NAME = 1_000;
const mayExist = (name: string) => Buffer.byteLength(name) <= LONGEST_NAME;

const write = (
  table: string,
  current: Stored<EventType> | undefined,
  next: EventType,
  rev: bigint,
): Write => {
  const item = row(catalogKeys.eventType(next.orgId, next.name), 'evtype', eventTypeAttributes(next, rev));
  return current === undefined ? putNew(table, item) : putOver(table, item, current.rev);
};

export const makeEventTypeStore = (catalog: Catalog): EventTypeStore => {
  const { client, table } = catalog;

  const read = async (orgId: OrgId, name: string): Promise<Stored<EventType> | undefined> => {
    if (!mayExist(name)) return undefined;
    const found = await getRow(client, { table, key: catalogKeys.eventType(orgId, name) });
    return found === undefined ? undefined : readEventType(found);
  };

  const decide = <Answer>(
    { orgId, name }: Pick<EventType, 'orgId' | 'name'>,
    plan: (current: Stored<EventType> | undefined, rev: bigint) => Plan<Answer>,
  ): Promise<Answer> => decideAndWrite(catalog, () => read(orgId, name), plan);

  return {
    create: (eventType, storedResponseOf) =>
      decide<Written<EventType> | Conflict>(eventType, (current, rev) => {
        if (current?.item.archived === false) return withoutWrites(CONFLICT);
        const item = { ...eventType, createdAt: current?.item.createdAt ?? eventType.createdAt };
        const writes = [
          write(table, current, item, rev),
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
      const places = names
        .filter(mayExist)
        .map((name) => ({ table, key: catalogKeys.eventType(orgId, name) }));
      const rows = places.map(await batchGet(client, places, catalog.pause));
      const found = rows.filter((item) => item !== undefined).map((item) => readEventType(item).item);
      return new Set(found.filter(({ archived }) => !archived).map(({ name }) => name));
    },

    put: (eventType) =>
      decide<{ kind: 'created' | 'updated'; item: EventType }>(eventType, (current, rev) => {
        const item = { ...eventType, createdAt: current?.item.createdAt ?? eventType.createdAt };
        const kind = current === undefined ? 'created' : 'updated';
        return { answer: { kind, item }, writes: [write(table, current, item, rev)] };
      }),

    change: (orgId, name, changes, nowMs) =>
      decide<Written<EventType> | NotFound>({ orgId, name }, (current, rev) => {
        if (current === undefined) return withoutWrites(NOT_FOUND);
        const item = { ...current.item, ...changes, updatedAt: nowMs };
        return { answer: { kind: 'written', item }, writes: [write(table, current, item, rev)] };
      }),

    expunge: (orgId, name) =>
      decide<{ kind: 'removed' } | NotFound>({ orgId, name }, (current) => {
        if (current === undefined) return withoutWrites(NOT_FOUND);
        const writes = [deleteOver(table, catalogKeys.eventType(orgId, name), current.rev)];
        return { answer: { kind: 'removed' }, writes };
      }),
  };
};
