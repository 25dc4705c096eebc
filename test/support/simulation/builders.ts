import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { APPLICATION_FIELDS } from '../../../functions/catalog/applications/application-fields.ts';
import { ENDPOINT_FIELDS } from '../../../functions/catalog/endpoints/endpoint-fields.ts';
import { eachField } from '../../../functions/catalog/fields.ts';
import type { FieldsIn, Table } from '../../../functions/catalog/fields.ts';
import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { appId, endpointId, messageId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { AppId } from '../../../functions/platform/ids/brand.domain.ts';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import { storedEventTypeFields } from '../../../functions/catalog/event-types/event-type-fields.ts';
import type { EventType } from '../../../functions/catalog/event-types/event-type.domain.ts';
import { makeIds } from '../../../functions/platform/ids/ids.domain.ts';
import type { Ids } from '../../../functions/platform/ids/ids.domain.ts';
import type { Message } from '../../../functions/messages/message.domain.ts';
import { DEFAULT_SETTINGS } from '../../../functions/platform/settings/organization-settings.ts';
import type { OrganizationSettings } from '../../../functions/catalog/settings/settings.domain.ts';
import type { Delivery } from '../../../functions/deliver/delivery.port.ts';
import type { PublishRequest } from '../../../functions/publish/messages.port.ts';
import { ROW_RETENTION_DAYS } from '../../../functions/platform/limits/retention.domain.ts';
import { DAY_MS } from '../../../functions/platform/limits/time.domain.ts';
import { NO_FILTERS } from '../../../functions/replay/task.domain.ts';
import type { ReplayTask } from '../../../functions/replay/task.domain.ts';
import { makeRandom } from './random.ts';

/** Whole domain objects with literal values, so that a test names only what it is about. */

/** When most tests take place. */
export const NOON = Date.parse('2026-11-23T12:00:00.000Z');

export const ORG = orgId('org_23rb8YdGqMT0qIzpgGwdXfHirMu');
export const APP = appId('app_3MUaSD0000000000000000000001');
export const ENDPOINT = endpointId('ep_3MUaSD0000000000000000000002');
export const MESSAGE = messageId('msg_3MUaSD0000000000000000000003');

/** Ids that are the same in each run. */
export const seededIds = (seed = 1): Ids => makeIds(makeRandom(seed).bytes);

export const SETTINGS: OrganizationSettings = {
  ...DEFAULT_SETTINGS,
};

/** What the API stores of a body: the defaults of the fields that it leaves out. */
export const written = <Of extends Table>(table: Of, body: Partial<FieldsIn<Of>>): FieldsIn<Of> =>
  z.object(eachField(table, 'replacement')).parse(body) as FieldsIn<Of>;

export const application = (some: Partial<Application> = {}): Application => ({
  orgId: ORG,
  id: APP,
  ...written(APPLICATION_FIELDS, { name: 'Acme' }),
  createdAt: NOON,
  updatedAt: NOON,
  ...some,
});

export const endpoint = (some: Partial<Endpoint> = {}): Endpoint => ({
  orgId: ORG,
  appId: APP,
  id: ENDPOINT,
  ...written(ENDPOINT_FIELDS, { url: 'https://receiver.example/hooks' }),
  failSince: null,
  lastDisabledAt: null,
  headers: {},
  secret: { sealed: new Uint8Array(32).fill(7), expiresAt: null },
  oldSecrets: [],
  createdAt: NOON,
  updatedAt: NOON,
  ...some,
});

export const eventType = (name: string, some: Partial<EventType> = {}): EventType => ({
  orgId: ORG,
  name,
  ...storedEventTypeFields.parse({ description: 'an event' }),
  createdAt: NOON,
  updatedAt: NOON,
  ...some,
});

/** Ids that differ in each call and each run, for tests that share a table. */
export const uniqueIds: Ids = makeIds((count) => randomBytes(count));

/** An application with an id of its own. */
export const newApplication = (some: Partial<Application> = {}): Application =>
  application({ id: uniqueIds.app(NOON), ...some });

/** An endpoint of an application with an id of its own. */
export const newEndpoint = (app: AppId, some: Partial<Endpoint> = {}): Endpoint =>
  endpoint({ appId: app, id: uniqueIds.endpoint(NOON), ...some });

export const message = (some: Partial<Message> = {}): Message => ({
  orgId: ORG,
  appId: APP,
  id: MESSAGE,
  eventType: 'invoice.paid',
  eventId: null,
  channels: null,
  tags: null,
  contentType: null,
  payload: { kind: 'inline', compressed: Uint8Array.of(0, 123, 125), bytes: 2 },
  payloadExpiresAt: NOON + ROW_RETENTION_DAYS * DAY_MS,
  retainUntil: NOON + ROW_RETENTION_DAYS * DAY_MS,
  createdAt: NOON,
  deliverAt: null,
  onlyEndpoint: null,
  ...some,
});

export const delivery = (some: Partial<Delivery> = {}): Delivery => ({
  orgId: ORG,
  appId: APP,
  messageId: MESSAGE,
  endpointId: ENDPOINT,
  trigger: { kind: 'scheduled', number: 1 },
  schedule: SETTINGS.retrySchedule,
  ...some,
});

/** A first attempt that was answered 200; `at` gives the id its time. */
export const attempt = (some: Partial<Attempt> = {}): Attempt => ({
  orgId: ORG,
  appId: APP,
  messageId: MESSAGE,
  endpointId: ENDPOINT,
  id: seededIds().attempt(some.at ?? NOON),
  trigger: { kind: 'scheduled', number: 1 },
  at: NOON,
  url: 'https://receiver.example/hooks',
  succeeded: true,
  cause: null,
  responseStatusCode: 200,
  response: 'ok',
  responseDurationMs: 12,
  decision: { kind: 'succeeded' },
  eventType: 'invoice.paid',
  eventId: null,
  channels: null,
  tags: null,
  ...some,
});

/** A running task that has sent nothing yet. */
export const task = (some: Partial<ReplayTask> = {}): ReplayTask => ({
  orgId: ORG,
  id: 'qtask_1',
  appId: APP,
  endpointId: ENDPOINT,
  kind: 'endpoint.recover',
  since: NOON,
  until: NOON,
  filters: NO_FILTERS,
  rate: 50,
  state: { kind: 'running' },
  cursor: null,
  count: 0,
  pacedUntil: NOON,
  createdAt: NOON,
  updatedAt: NOON,
  ...some,
});

export const publishRequest = (some: Partial<PublishRequest> = {}): PublishRequest => ({
  orgId: ORG,
  application: APP,
  implicit: null,
  eventType: 'invoice.paid',
  eventId: null,
  channels: null,
  tags: null,
  contentType: null,
  body: Buffer.from('{"amount":12.50}'),
  retentionHours: null,
  deliverAt: null,
  onlyEndpoint: null,
  idempotency: null,
  requestDigest: null,
  token: null,
  ...some,
});
