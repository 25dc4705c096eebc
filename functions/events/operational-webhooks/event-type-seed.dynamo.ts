import { MANAGEMENT_ORGANIZATION } from './operational-webhook.domain.ts';
import type { OperationalSeed } from './event-types.flow.ts';
import { decideAndWrite } from '../../catalog/commit.dynamo.ts';
import type { Catalog } from '../../catalog/commit.dynamo.ts';
import { eventTypeAttributes, readSeeded, row } from '../../catalog/items.ts';
import { putNew, putOver } from '../../catalog/writes.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import { getRow } from '../../platform/dynamodb/table.ts';

/**
 * A mark beside the event types holds the names that were seeded; a name stays in it whatever becomes of its event type.
 * Mark and event types are written in one transaction.
 */
export const makeOperationalSeed = (catalog: Catalog): OperationalSeed => {
  const { client, table } = catalog;
  const key = catalogKeys.eventTypesSeeded(MANAGEMENT_ORGANIZATION);

  const readMark = async () => {
    const found = await getRow(client, { table, key });
    return found === undefined ? undefined : readSeeded(found);
  };

  return {
    names: async () => new Set((await readMark())?.names),
    write: (eventTypes) =>
      decideAndWrite(
        catalog,
        async () => {
          const mark = await readMark();
          const places = eventTypes.map(({ orgId, name }) => ({
            ...{ name, place: { table, key: catalogKeys.eventType(orgId, name) } },
          }));
          const found = await batchGet(
            client,
            places.map(({ place }) => place),
            catalog.pause,
          );
          const existing = places.filter(({ place }) => found(place) !== undefined);
          return { mark, existing: new Set(existing.map(({ name }) => name)) };
        },
        ({ mark, existing }, rev) => {
          const missing = eventTypes.filter(({ name }) => mark?.names.includes(name) !== true);
          if (missing.length === 0) return { answer: undefined, writes: [] };
          const names = [...(mark?.names ?? []), ...missing.map(({ name }) => name)];
          const markRow = row(key, 'seeded', { names, rev });
          const rows = missing
            .filter(({ name }) => !existing.has(name))
            .map((one) =>
              row(catalogKeys.eventType(one.orgId, one.name), 'evtype', eventTypeAttributes(one, rev)),
            );
          return {
            answer: undefined,
            writes: [
              mark === undefined ? putNew(table, markRow) : putOver(table, markRow, mark.rev),
              ...rows.map((item) => putNew(table, item)),
            ],
          };
        },
      ),
  };
};
