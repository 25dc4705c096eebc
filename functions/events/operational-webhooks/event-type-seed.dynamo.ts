import { MANAGEMENT_ORGANIZATION } from './operational-webhook.domain.ts';
import type { OperationalSeed } from './event-types.flow.ts';
import { commit } from '../../catalog/commit.dynamo.ts';
import type { Catalog } from '../../catalog/commit.dynamo.ts';
import { eventTypeAttributes, row } from '../../catalog/items.ts';
import { putAlong, putNew } from '../../catalog/writes.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import { getRow } from '../../platform/dynamodb/table.ts';

/** A mark beside the event types says that they were written; it stays whatever becomes of them. */
export const makeOperationalSeed = (catalog: Catalog): OperationalSeed => {
  const { client, table } = catalog;
  const key = catalogKeys.eventTypesSeeded(MANAGEMENT_ORGANIZATION);
  return {
    written: async () => (await getRow(client, { table, key })) !== undefined,
    write: async (eventTypes) => {
      const rows = eventTypes.map((one) =>
        row(catalogKeys.eventType(one.orgId, one.name), 'evtype', eventTypeAttributes(one, catalog.newRev())),
      );
      // Refused where a twin was quicker: then they are there.
      await commit(catalog, [
        putNew(table, row(key, 'seeded', {})),
        ...rows.map((item) => putAlong(table, item)),
      ]);
    },
  };
};
