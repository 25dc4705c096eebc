import { expect } from 'vitest';
import type { Catalog } from '../../../functions/catalog/commit.dynamo.ts';
import { endpointBytes } from '../../../functions/catalog/endpoints/endpoint-size.domain.ts';
import {
  makeIdempotency,
  makeStoredResponseWrite,
} from '../../../functions/idempotency/idempotency.dynamo.ts';
import type { IdempotencyStore } from '../../../functions/idempotency/run-once.flow.ts';
import { REVISION_COPIES, catalogKeys } from '../../../functions/platform/dynamodb/keys.ts';
import { getRow } from '../../../functions/platform/dynamodb/table.ts';
import type { AppId, OrgId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeSeal } from '../../../functions/platform/secrets/seal.ts';
import { makeTokenStore } from '../../../functions/catalog/tokens/tokens.dynamo.ts';
import type { TokenStore } from '../../../functions/catalog/tokens/tokens.port.ts';
import { randomCopy } from '../../../functions/platform/lambda/runtime.ts';
import { makeTaskStore } from '../../../functions/replay/tasks.dynamo.ts';
import type { TaskStore } from '../../../functions/replay/tasks.flow.ts';
import { makeMemoryCatalog } from '../../support/memory/catalog.ts';
import { makeMemoryIdempotency } from '../../support/memory/idempotency.ts';
import { makeMemoryTokens } from '../../support/memory/tokens.ts';
import { makeMemoryTasks } from '../../support/memory/tasks.ts';
import { freshTable, storesOf } from './catalog.ts';

/** The stores of the API, empty. */
export interface Stores extends ReturnType<typeof storesOf> {
  readonly tasks: TaskStore;
  readonly idempotency: IdempotencyStore;
  readonly tokens: TokenStore;
  /** The number and bytes of endpoints that the limits of an application count. */
  readonly counted: (orgId: OrgId, appId: AppId) => Promise<{ endpoints: number; bytes: number }>;
}

const memoryStores = async (): Promise<Stores> => {
  const idempotency = makeMemoryIdempotency();
  const catalog = makeMemoryCatalog(idempotency);
  return {
    ...catalog,
    idempotency,
    tokens: makeMemoryTokens(),
    tasks: makeMemoryTasks(idempotency),
    counted: async (orgId, appId) => {
      const page = { limit: 250, cursor: null, order: 'ascending' } as const;
      const { items } = await catalog.endpoints.list(orgId, appId, page);
      return { endpoints: items.length, bytes: items.reduce((sum, item) => sum + endpointBytes(item), 0) };
    },
  };
};

/** Reads the counts from the revision of an application, whose copies must agree. */
const countedOn =
  ({ client, table }: Catalog): Stores['counted'] =>
  async (orgId, appId) => {
    const copies = Array.from({ length: REVISION_COPIES }, (_, copy) =>
      getRow(client, { table, key: catalogKeys.applicationRevision(orgId, appId, copy) }),
    );
    const counts = (await Promise.all(copies)).map((row) => ({
      endpoints: Number(row?.['endpointCount']),
      bytes: Number(row?.['endpointBytes']),
    }));
    for (const count of counts) expect(count).toEqual(counts[0]);
    return counts[0]!;
  };

/** A table for the catalog and for idempotency keys, so that items and stored responses are written in one transaction. */
export const idempotentTable = async () => {
  const { client, ...rest } = await freshTable();
  const options = { client, table: rest.table, seal: makeSeal(['main'], 'answer') };
  const storedResponseWrite = makeStoredResponseWrite(options);
  return { catalog: { ...rest, client, storedResponseWrite }, idempotency: makeIdempotency(options) };
};

const dynamoStores = async (): Promise<Stores> => {
  const { catalog, idempotency } = await idempotentTable();
  const tasks = makeTaskStore(catalog.client, catalog.table, catalog.storedResponseWrite);
  const tokens = makeTokenStore({ catalog, control: catalog.table, randomCopy });
  return { ...storesOf(catalog), idempotency, tokens, tasks, counted: countedOn(catalog) };
};

/** The adapters that the suites of this folder run on; the unit tests of the API use those in memory. */
export const ADAPTERS: readonly (readonly [name: string, make: () => Promise<Stores>])[] = [
  ['in memory', memoryStores],
  ['on DynamoDB', dynamoStores],
];
