import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import type { AppId, EndpointId, OrgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { AttemptReader } from '../../../functions/read-models/attempts.port.ts';
import type { Tenants } from '../../../functions/catalog/catalog.port.ts';
import type { AttemptLog, DeliveryReader, DueStore } from '../../../functions/deliver/delivery.port.ts';
import type { MessageReader } from '../../../functions/publish/messages.port.ts';
import type { DeliveryStatusReader } from '../../../functions/read-models/delivery-status.port.ts';
import { makeDestinations } from '../../../functions/read-models/destinations.dynamo.ts';
import type { Views } from '../../../functions/read-models/project.flow.ts';
import type { MessageStore } from '../../../functions/publish/messages.port.ts';
import type { SweepStore } from '../../../functions/deliver/retries/sweep.flow.ts';
import { formatQueueMessage, parseQueueMessage } from '../../../functions/deliver/queue/queue-message.ts';
import type { EndpointMessage } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { makeApplicationStore } from '../../../functions/catalog/applications/applications.dynamo.ts';
import { makeAttempts } from '../../../functions/read-models/attempts-by-endpoint/attempts.dynamo.ts';
import { makeCatalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeDeliveryReader } from '../../../functions/deliver/delivery-reader.dynamo.ts';
import { makeAttemptLog } from '../../../functions/deliver/attempts/attempt-log.dynamo.ts';
import { makeDue } from '../../../functions/deliver/retries/due-items.dynamo.ts';
import { makeEndpointMessages } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.dynamo.ts';
import { makeEndpointStore } from '../../../functions/catalog/endpoints/endpoints.dynamo.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { makeEventIds } from '../../../functions/publish/event-ids.dynamo.ts';
import type { EventIds } from '../../../functions/publish/publish-event.flow.ts';
import { makeCancelStore } from '../../../functions/publish/cancel-message.dynamo.ts';
import type { CancelStore } from '../../../functions/publish/cancel-message.flow.ts';
import { makeMessages } from '../../../functions/publish/messages.dynamo.ts';
import { makePayloads } from '../../../functions/messages/payloads.ts';
import { makeSweepLease } from '../../../functions/deliver/retries/sweep-lease.dynamo.ts';
import { makeTenants } from '../../../functions/catalog/snapshots/tenants.dynamo.ts';
import { makeViews } from '../../../functions/read-models/views.dynamo.ts';
import { makeMemoryLog, makeMemoryReader } from '../../support/simulation/attempt-log.ts';
import { NOON, SETTINGS } from '../../support/simulation/builders.ts';
import { makeMemoryDue } from '../../support/simulation/due.ts';
import { makeMemoryMessages } from '../../support/simulation/messages.ts';
import { makeMemoryTenants } from '../../support/simulation/tenants.ts';
import { makeMemoryHealth } from '../../support/simulation/endpoint-health.ts';
import {
  makeMemoryAttempts,
  makeMemoryDeliveryStatus,
  makeMemoryViews,
} from '../../support/simulation/views.ts';
import { freshTable } from '../reads/tables.ts';
import { makePayloadObjects } from '../../../functions/messages/payload-objects.s3.ts';
import { emulatorDynamo, emulatorS3 } from '../emulator.ts';

/** Every port of the delivery pipeline, empty, on one kind of adapters. */
export interface Adapters {
  readonly messages: MessageStore & MessageReader;
  readonly eventIds: EventIds;
  readonly log: AttemptLog;
  readonly cancelStore: CancelStore;
  readonly reader: DeliveryReader;
  readonly attempts: AttemptReader;
  readonly deliveryStatus: DeliveryStatusReader;
  readonly due: DueStore & SweepStore;
  readonly views: Views;
  readonly tenants: Tenants;
  readonly createApplication: (application: Application) => Promise<unknown>;
  readonly removeApplication: (orgId: OrgId, id: AppId) => Promise<unknown>;
  readonly createEndpoint: (endpoint: Endpoint) => Promise<unknown>;
  /** All rows of the read model, newest message first. */
  readonly endpointMessages: (
    orgId: OrgId,
    appId: AppId,
    id: EndpointId,
  ) => Promise<readonly EndpointMessage[]>;
}

const memoryAdapters = async (): Promise<Adapters> => {
  const messages = makeMemoryMessages();
  const tenants = makeMemoryTenants(SETTINGS);
  const log = makeMemoryLog();
  const views = makeMemoryViews();
  return {
    ...{ messages, tenants, log, views, eventIds: messages.eventIds },
    cancelStore: messages,
    due: makeMemoryDue(),
    reader: makeMemoryReader({ messages, tenants, log, health: makeMemoryHealth() }),
    attempts: makeMemoryAttempts(views, log),
    deliveryStatus: makeMemoryDeliveryStatus(views, log),
    createApplication: (application) => tenants.create(application),
    removeApplication: async (orgId, id) => tenants.removeApplication(orgId, id),
    createEndpoint: async (endpoint) => tenants.putEndpoint(endpoint),
    endpointMessages: async (orgId, appId, id) =>
      views
        .endpointMessages()
        .filter((row) => row.orgId === orgId && row.appId === appId && row.endpointId === id)
        .sort((left, right) => (left.messageId < right.messageId ? 1 : -1)),
  };
};

const dynamoAdapters = async ({ batchedMessages = false } = {}): Promise<Adapters> => {
  const client = emulatorDynamo();
  const names = ['catalog', 'messages', 'deliveries', 'views', 'control'] as const;
  const made = await Promise.all(names.map(async (name) => [name, await freshTable(client)] as const));
  const tables = Object.fromEntries(made) as Record<(typeof names)[number], string>;
  const s3 = emulatorS3();
  const bucket = `payloads-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const catalog = makeCatalog(client, tables.catalog);
  const [applications, endpoints] = [makeApplicationStore(catalog), makeEndpointStore(catalog)];
  const tenants = makeTenants({ client, table: tables.catalog, defaults: SETTINGS, randomCopy: () => 0 });
  const list = makeEndpointMessages({ client, ...tables });
  const insert = batchedMessages ? { insert: makeInsertNew(client, tables.messages) } : {};
  const everything = { limit: 250, cursor: null, before: null, after: null };
  return {
    tenants,
    messages: makeMessages({ client, ...tables, ...insert }, makePayloads(makePayloadObjects(bucket, s3))),
    eventIds: makeEventIds({ client, table: tables.messages, ...insert }),
    cancelStore: makeCancelStore(client, tables.messages),
    log: makeAttemptLog(client, tables, makeInsertNew(client, tables.deliveries)),
    reader: makeDeliveryReader({ client, ...tables }, tenants),
    attempts: makeAttempts({ client, ...tables }),
    deliveryStatus: { messages: list, destinations: makeDestinations({ client, ...tables }) },
    due: {
      ...makeDue(client, tables.control, { format: formatQueueMessage, parse: parseQueueMessage }),
      ...makeSweepLease(client, tables.control),
    },
    views: makeViews(client, tables.views, makeInsertNew(client, tables.views)),
    createApplication: (application) => applications.create(application),
    removeApplication: (orgId, id) => applications.remove(orgId, id, NOON),
    createEndpoint: (endpoint) => endpoints.create(endpoint),
    endpointMessages: async (orgId, appId, id) => {
      const any = {
        ...everything,
        messageId: null,
        causes: null,
        statusCodes: null,
        progress: null,
        channel: null,
        tag: null,
        eventTypes: null,
      };
      return (await list(orgId, appId, id, any, NOON)).items;
    },
  };
};

/** The kinds of adapters that every contract suite in this folder runs on. */
export const ADAPTERS: readonly (readonly [name: string, make: () => Promise<Adapters>])[] = [
  ['in memory', memoryAdapters],
  ['on DynamoDB', () => dynamoAdapters()],
];

/** The same, and the message store whose inserts share calls, as batches use it on AWS. */
export const MESSAGE_ADAPTERS: typeof ADAPTERS = [
  ...ADAPTERS,
  ['on DynamoDB with batched inserts', () => dynamoAdapters({ batchedMessages: true })],
];
