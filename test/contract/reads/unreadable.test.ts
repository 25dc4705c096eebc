import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../functions/deliver/delivery.port.ts';
import { makeApplicationStore } from '../../../functions/catalog/applications/applications.dynamo.ts';
import { attemptRow } from '../../../functions/deliver/attempts/attempt-row.ts';
import { makeCatalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeDeliveryReader } from '../../../functions/deliver/delivery-reader.dynamo.ts';
import { catalogKeys, controlKeys } from '../../../functions/platform/dynamodb/keys.ts';
import { messageRow } from '../../../functions/messages/message-row.ts';
import { makeTenants } from '../../../functions/catalog/snapshots/tenants.dynamo.ts';
import {
  NOON,
  ORG,
  SETTINGS,
  application,
  attempt,
  delivery,
  message,
  seededIds,
} from '../../support/simulation/builders.ts';
import { emulatorDynamo, freshTable } from './tables.ts';

/** Rows that the next release wrote, or a mistake. */
const OTHER_FORM = { v: 99 };

let client: DynamoDBClient;
let table: string;
const ids = seededIds(7);

const put = (row: object) =>
  client.send(new PutItemCommand({ TableName: table, Item: marshall(row, { removeUndefinedValues: true }) }));

/** One message to one endpoint of one application, all its own. */
const freshDelivery = async (): Promise<Delivery> => {
  const one = delivery({
    appId: ids.app(NOON),
    messageId: ids.message(NOON),
    endpointId: ids.endpoint(NOON),
  });
  const catalog = makeCatalog(client, table);
  await makeApplicationStore(catalog).create(application({ id: one.appId }));
  await put(messageRow(message({ appId: one.appId, id: one.messageId })));
  return one;
};

const BROKEN: readonly (readonly [string, (one: Delivery) => object])[] = [
  ['message', ({ appId, messageId: id }) => ({ ...messageRow(message({ appId, id })), ...OTHER_FORM })],
  ['attempt', ({ schedule: _, ...one }) => ({ ...attemptRow(attempt(one)), ...OTHER_FORM })],
  ['health', (one) => ({ ...controlKeys.health(ORG, one.appId, one.endpointId), ...OTHER_FORM })],
  ['revision', (one) => ({ ...catalogKeys.applicationRevision(ORG, one.appId, 0), ...OTHER_FORM, sum: '?' })],
  [
    'endpoint',
    (one) => ({ ...catalogKeys.endpoint(ORG, one.appId, one.endpointId), type: 'ep', ...OTHER_FORM }),
  ],
];

beforeAll(async () => {
  client = emulatorDynamo();
  table = await freshTable(client);
});

describe('a row that this release cannot parse', () => {
  it.each(BROKEN)('of kind %s fails the delivery that rests on it, and none beside it', async (_, rowOf) => {
    const batch = await Promise.all(Array.from({ length: 10 }, freshDelivery));
    await put(rowOf(batch[3]!));
    const tenants = makeTenants({ client, table, defaults: SETTINGS, randomCopy: () => 0 });
    const tables = { catalog: table, messages: table, deliveries: table, control: table };
    const read = await makeDeliveryReader({ client, ...tables }, tenants).read(batch, 'brief');
    const found = await Promise.allSettled(read.map((complete) => complete()));
    expect(found.map(({ status }) => status)).toEqual(
      batch.map((__, index) => (index === 3 ? 'rejected' : 'fulfilled')),
    );
    expect(found[4]).toMatchObject({ value: { message: { id: batch[4]!.messageId } } });
  });
});
