import { MANAGEMENT_ORGANIZATION } from './operational-webhook.domain.ts';
import type { OperationalSeed } from './event-types.flow.ts';
import { decideAndWrite } from '../../catalog/commit.dynamo.ts';
import type { Catalog } from '../../catalog/commit.dynamo.ts';
import { eventTypeAttributes, readSeeded, row } from '../../catalog/items.ts';
import { putNew, putOver } from '../../catalog/writes.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import { readRow } from '../../platform/dynamodb/table.ts';

/**
 * A row beside the event types holds the names that were ever seeded, including those whose event type was changed or
 * expunged since. The row and the event types are written in one transaction.
 */
export const makeOperationalSeed = (catalog: Catalog): OperationalSeed => {
  const { client, table } = catalog;
  const key = catalogKeys.eventTypesSeeded(MANAGEMENT_ORGANIZATION);

  const readSeededRow = () => readRow(client, { table, key }, readSeeded);

  return {
    names: async () => new Set((await readSeededRow())?.names),
    write: (eventTypes) =>
      decideAndWrite(
        catalog,
        async () => {
          const seeded = await readSeededRow();
          const places = eventTypes.map(({ orgId, name }) => ({
            ...{ name, place: { table, key: catalogKeys.eventType(orgId, name) } },
          }));
          const found = await batchGet(
            client,
            places.map(({ place }) => place),
            catalog.pause,
          );
          const existing = places.filter(({ place }) => found(place) !== undefined);
          return { seeded, existing: new Set(existing.map(({ name }) => name)) };
        },
        ({ seeded, existing }, rev) => {
          const missing = eventTypes.filter(({ name }) => seeded?.names.includes(name) !== true);
          if (missing.length === 0) return { answer: undefined, writes: [] };
          const names = [...(seeded?.names ?? []), ...missing.map(({ name }) => name)];
          const seededRow = row(key, 'seeded', { names, rev });
          const rows = missing
            .filter(({ name }) => !existing.has(name))
            .map((one) =>
              row(catalogKeys.eventType(one.orgId, one.name), 'evtype', eventTypeAttributes(one, rev)),
            );
          return {
            answer: undefined,
            writes: [
              seeded === undefined ? putNew(table, seededRow) : putOver(table, seededRow, seeded.rev),
              ...rows.map((item) => putNew(table, item)),
            ],
          };
        },
      ),
  };
};
