import { beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../functions/deliver/delivery.port.ts';
import { makeApplicationStore } from '../../../functions/catalog/applications/applications.dynamo.ts';
import { attemptRows } from '../../../functions/deliver/attempts/attempt-row.ts';
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
  endpoint,
  message,
  seededIds,
} from '../../support/simulation/builders.ts';
import { orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeEndpointStore } from '../../../functions/catalog/endpoints/endpoints.dynamo.ts';
import { makeSettingsStore } from '../../../functions/catalog/settings/settings.dynamo.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { shardOf, viewKeys } from '../../../functions/platform/dynamodb/keys.ts';
import { getRow, queryAll } from '../../../functions/platform/dynamodb/table.ts';
import { makeAttempts } from '../../../functions/read-models/attempts-by-endpoint/attempts.dynamo.ts';
import { HOUR_MS } from '../../../functions/platform/limits/time.domain.ts';
import type { EndpointHour } from '../../../functions/read-models/hourly-statistics/endpoint-hours.domain.ts';
import {
  makeHourlyStatistics,
  makeMarkDirtyHours,
} from '../../../functions/read-models/hourly-statistics/endpoint-hours.dynamo.ts';
import { makeEndpointMessages } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.dynamo.ts';
import { endpointMessageOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { isPromptSuccess } from '../../../functions/read-models/messages-by-endpoint/prompt-success.domain.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import {
  endpointAttemptRow,
  endpointMessageItem,
  makeViews,
} from '../../../functions/read-models/views.dynamo.ts';
import { makeSentReader } from '../../../functions/replay/sent.dynamo.ts';
import { freshTable } from './tables.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { PutCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { emulatorDynamo } from '../emulator.ts';

/** A row that a later release or a mistake wrote. */
const OTHER_FORM = { v: 99 };

let client: DynamoClient;
let table: string;
const ids = seededIds(7);

const put = (row: object) => client.send(new PutCommand({ TableName: table, Item: row }));

/** One message to one endpoint of a new application. */
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
  ['attempt', ({ schedule: _, ...one }) => ({ ...attemptRows(attempt(one)).row, ...OTHER_FORM })],
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

describe('unreadable row', () => {
  it.each(BROKEN)('of kind %s fails only the delivery that depends on it', async (_, rowOf) => {
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

it('unreadable settings fail only their organization and are never replaced by the stage defaults', async () => {
  const [broken, other] = [orgId('org_broken'), orgId('org_other')];
  const catalog = makeCatalog(client, table);
  const keys = [];
  for (const org of [broken, other]) {
    const one = application({ orgId: org, id: ids.app(NOON) });
    await makeApplicationStore(catalog).create(one);
    await makeSettingsStore(catalog).change(org, { allowedSubnets: [], endpointHttpsOnly: true });
    keys.push({ orgId: org, appId: one.id });
  }
  const settingsRow = await getRow(client, { table, key: catalogKeys.settings(broken) });
  await put({ ...settingsRow, overrides: { allowedSubnets: 'none' } });
  const tenants = makeTenants({ client, table, defaults: SETTINGS, randomCopy: () => 0 });
  const [failed, loaded] = await tenants.loadSettled(keys, (tenant) => tenant);
  expect(failed?.status).toBe('rejected');
  expect(loaded).toMatchObject({ status: 'fulfilled', value: { settings: { endpointHttpsOnly: true } } });
});

describe('list with unreadable rows', () => {
  const HERE = { orgId: ORG, endpointId: ids.endpoint(NOON) };

  it('returns the readable endpoints of an application', async () => {
    const appId = ids.app(NOON);
    const store = makeEndpointStore(makeCatalog(client, table));
    await makeApplicationStore(makeCatalog(client, table)).create(application({ id: appId }));
    const endpoints = Array.from({ length: 9 }, () => endpoint({ appId, id: ids.endpoint(NOON) }));
    for (const one of endpoints) await store.create(one);
    for (const { id } of endpoints.slice(2, 7))
      await put({ ...catalogKeys.endpoint(ORG, appId, id), type: 'ep', ...OTHER_FORM });
    const list = await store.list(ORG, appId, { limit: 3, cursor: null, order: 'ascending' });
    expect(list.items.map(({ id }) => id)).toEqual([0, 1, 7].map((index) => endpoints[index]!.id));
  });

  it('returns the readable attempts and messages of an endpoint, also by their ids', async () => {
    const appId = ids.app(NOON);
    const where = { ...HERE, appId };
    const tried = Array.from({ length: 60 }, (_, index) =>
      attempt({
        ...where,
        id: ids.attempt(NOON),
        messageId: ids.message(NOON),
        at: NOON + index,
        response: '',
        // Only these have rows of messages; the others are prompt successes.
        ...(index % 2 === 0 ? { succeeded: false, decision: { kind: 'exhausted' } } : {}),
      }),
    );
    for (const one of tried) await put(attemptRows(one).row);
    await makeProject(makeViews(client, table, makeInsertNew(client, table)))(tried);
    const broken = new Set(tried.slice(5, 45));
    for (const one of broken) {
      await put({ ...endpointAttemptRow(one), ...OTHER_FORM });
      await put({ ...attemptRows(one).row, ...OTHER_FORM });
      if (!isPromptSuccess(one)) await put({ ...endpointMessageItem(endpointMessageOf(one)), ...OTHER_FORM });
    }
    const left = tried.filter((one) => !broken.has(one));
    const sent = makeSentReader({ client, deliveries: table, views: table });
    const states = await sent.states(
      where,
      tried.map(({ messageId }) => messageId),
    );
    expect(states.map(({ messageId }) => messageId)).toEqual(left.map(({ messageId }) => messageId));
    const page = { limit: 50, cursor: null, after: null, before: null };
    const none = { channel: null, tag: null, eventTypes: null };
    const messages = await makeEndpointMessages({ client, deliveries: table, views: table })(
      ...([ORG, appId, HERE.endpointId] as const),
      { ...page, ...none, progress: null, messageId: null, causes: null, statusCodes: null },
      NOON + 60_000,
    );
    expect(messages.items).toHaveLength(left.length);
    const list = await makeAttempts({ client, deliveries: table, views: table }).listByEndpoint(
      ...([ORG, appId, HERE.endpointId] as const),
      { ...page, ...none, outcomes: null, statusCodes: null, causes: null, withContent: false },
      NOON + 60_000,
    );
    expect(list.items).toHaveLength(left.length);
  });

  it('returns the readable dirty hours', async () => {
    const appId = ids.app(NOON);
    const marks = Array.from({ length: 40 }, (_, index) => ({
      ...{ ...HERE, appId, kind: 'busy' as const },
      hour: NOON - index * HOUR_MS,
    }));
    await makeMarkDirtyHours(client, table)(marks);
    const shard = shardOf(HERE.endpointId);
    const hours = makeHourlyStatistics(client, table);
    const pk = viewKeys.dirtyHours(shard);
    const rows = await queryAll(client, { table, pk, low: '0', high: '9', forward: true, strong: true });
    for (const row of rows.slice(0, 35)) await put({ ...row, ...OTHER_FORM });
    const found: EndpointHour[] = [];
    let page = await hours.dirtyHours(shard);
    while (page.next !== undefined) {
      found.push(...page.hours);
      page = await hours.dirtyHours(shard, page.next);
    }
    expect(found).toHaveLength(5);
  });
});
