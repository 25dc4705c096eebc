import { randomInt, randomUUID } from 'node:crypto';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';
import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { EventType } from '../../../functions/catalog/event-types/event-type.domain.ts';
import { DEFAULT_SETTINGS } from '../../../functions/platform/settings/organization-settings.ts';
import type { OrganizationSettings } from '../../../functions/catalog/settings/settings.domain.ts';
import type { AppId } from '../../../functions/platform/ids/brand.domain.ts';
import { orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeIds } from '../../../functions/platform/ids/ids.domain.ts';
import { makeApplicationStore } from '../../../functions/catalog/applications/applications.dynamo.ts';
import type { Catalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeCatalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeEndpointStore } from '../../../functions/catalog/endpoints/endpoints.dynamo.ts';
import { makeEventTypeStore } from '../../../functions/catalog/event-types/event-types.dynamo.ts';
import { makeSettingsStore } from '../../../functions/catalog/settings/settings.dynamo.ts';
import { makeDynamo } from '../../../functions/platform/aws/clients.ts';
import { emulatorVariables } from '../../../scripts/local/deploy/guard.ts';

export const NOW = Date.UTC(2026, 10, 23, 12);
export const LATER = NOW + 5_000;

const randomBytes = (count: number) => Uint8Array.from({ length: count }, () => randomInt(256));
export const ids = makeIds(randomBytes);

export const freshOrg = () => orgId(`org_${randomUUID()}`);

/** A new table for a test file; its tests use different organizations. */
export const freshTable = async (): Promise<Catalog> => {
  const endpoint = inject('awsEndpoint');
  Object.assign(process.env, emulatorVariables(endpoint));
  const client = makeDynamo({ endpoint });
  const table = `catalog-${randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    }),
  );
  return makeCatalog(client, table);
};

export const storesOf = (catalog: Catalog) => ({
  applications: makeApplicationStore(catalog),
  endpoints: makeEndpointStore(catalog),
  eventTypes: makeEventTypeStore(catalog),
  settings: makeSettingsStore(catalog),
});

/** Records the names of the AWS calls that the client makes from now on. */
export const recordCalls = ({ client }: Pick<Catalog, 'client'>): string[] => {
  const calls: string[] = [];
  client.middlewareStack.add(
    (next, context) => (args) => {
      calls.push(String(context['commandName']));
      return next(args);
    },
    { step: 'initialize', name: 'recordCalls', override: true },
  );
  return calls;
};

/** Lets the next call succeed on the server but fail in the client; the result says whether that happened. */
export const loseAnswer = ({ client }: Pick<Catalog, 'client'>): (() => boolean) => {
  let lost = false;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (lost) return answer;
      lost = true;
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
    },
    { step: 'finalizeRequest', priority: 'low', name: 'loseAnswer', override: true },
  );
  return () => lost;
};

export const anApplication = (changes: Partial<Application> = {}): Application => ({
  orgId: orgId('org_test'),
  id: ids.app(NOW),
  uid: null,
  name: 'Acme',
  throttleRate: null,
  metadata: {},
  createdAt: NOW,
  updatedAt: NOW,
  ...changes,
});

export const anEndpoint = (appId: AppId, changes: Partial<Endpoint> = {}): Endpoint => ({
  orgId: orgId('org_test'),
  appId,
  id: ids.endpoint(NOW),
  uid: null,
  url: 'https://example.com/hooks',
  description: '',
  throttleRate: null,
  disabled: false,
  failSince: null,
  lastDisabledAt: null,
  eventTypes: null,
  channels: null,
  metadata: {},
  version: 1,
  headers: {},
  secret: { sealed: Uint8Array.of(1, 2, 3), expiresAt: null },
  oldSecrets: [],
  createdAt: NOW,
  updatedAt: NOW,
  ...changes,
});

export const anEventType = (name: string, changes: Partial<EventType> = {}): EventType => ({
  orgId: orgId('org_test'),
  name,
  description: 'an event',
  archived: false,
  deprecated: false,
  schemas: null,
  featureFlags: [],
  groupName: null,
  createdAt: NOW,
  updatedAt: NOW,
  ...changes,
});

export const DEFAULTS: OrganizationSettings = {
  ...DEFAULT_SETTINGS,
  retrySchedule: [5, 300],
  requestTimeout: 15,
};
