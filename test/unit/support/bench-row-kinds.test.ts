import { expect, it } from 'vitest';
import {
  catalogKeys,
  controlKeys,
  deliveryKeys,
  messageKeys,
  viewKeys,
} from '../../../functions/platform/dynamodb/keys.ts';
import type { Key } from '../../../functions/platform/dynamodb/keys.ts';
import {
  appId,
  attemptId,
  endpointId,
  messageId,
  orgId,
} from '../../../functions/platform/ids/brand.domain.ts';
import { rangeKindOf, rowKindOf } from '../../support/bench/recording/row-kinds.ts';

const [org, app, endpoint] = [orgId('a%org'), appId('app_1'), endpointId('ep_1')];
const [message, attempt] = [messageId('msg_1'), attemptId('atmpt_1')];
const trigger = { kind: 'scheduled', number: 1 } as const;

type Kinds<Keys> = Readonly<Record<keyof Keys, readonly [key: Key | string, kind: string]>>;

/** Each key of a table, so that a new one has to be added here. */
const CATALOG: Kinds<typeof catalogKeys> = {
  settings: [catalogKeys.settings(org), 'settings'],
  organizationTokens: [catalogKeys.organizationTokens(org), 'token'],
  settingsRevision: [catalogKeys.settingsRevision(org, 0), 'revision'],
  applicationListing: [catalogKeys.applicationListing(org, 'app_1'), 'application listing'],
  applicationUid: [catalogKeys.applicationUid(org, 'uid 1'), 'uid'],
  application: [catalogKeys.application(org, app), 'application'],
  applicationRevision: [catalogKeys.applicationRevision(org, app, 0), 'revision'],
  applicationTokens: [catalogKeys.applicationTokens(org, app), 'token'],
  endpoint: [catalogKeys.endpoint(org, app, endpoint), 'endpoint'],
  endpointDeleted: [catalogKeys.endpointDeleted(org, app, endpoint), 'endpoint'],
  endpointUid: [catalogKeys.endpointUid(org, app, 'uid 1'), 'uid'],
  eventType: [catalogKeys.eventType(org, 'order.paid'), 'event type'],
  eventTypesSeeded: [catalogKeys.eventTypesSeeded(org), 'event type'],
};

const MESSAGES: Kinds<typeof messageKeys> = {
  message: [messageKeys.message(org, app, message), 'message'],
  shard: [messageKeys.shard(org, app, 7), 'messages, to measure a rate'],
  eventId: [messageKeys.eventId(org, app, 'order 1'), 'event id'],
};

const DELIVERIES: Kinds<typeof deliveryKeys> = {
  message: [deliveryKeys.message(org, app, message), 'attempts of a message'],
  attempt: [deliveryKeys.attempt(org, app, message, endpoint, trigger), 'attempt'],
  canceled: [deliveryKeys.canceled(org, app, message, endpoint, trigger), 'canceled delivery'],
  byTime: [deliveryKeys.byTime(org, app, message, attempt), 'attempt in the index by time'],
  timeShard: [deliveryKeys.timeShard(org, app, message, 7), 'attempt in the index by time'],
  response: [deliveryKeys.response(org, app, attempt), 'large response'],
  ended: [deliveryKeys.ended(org, app, message, endpoint), 'end of a retry schedule'],
};

const VIEWS: Kinds<typeof viewKeys> = {
  endpointAttempts: [viewKeys.endpointAttempts(org, app, endpoint, 13), 'attempt of the endpoint'],
  endpointMessages: [viewKeys.endpointMessages(org, app, endpoint, 7), 'message of the endpoint'],
  endpointHours: [viewKeys.endpointHours(org, app, endpoint), 'hourly statistics'],
  dirtyHours: [viewKeys.dirtyHours(7), 'dirty hour'],
};

const CONTROL: Kinds<typeof controlKeys> = {
  idempotency: [controlKeys.idempotency(org, 'digest'), 'idempotency key'],
  work: [controlKeys.work(org, 'announce#1'), 'work record'],
  endedToken: [controlKeys.endedToken(org, app, '1'), 'token'],
  session: [controlKeys.session(org, app, '1'), 'session'],
  task: [controlKeys.task(org, '1'), 'task'],
  taskResult: [controlKeys.taskResult(org, '1', 0), 'task'],
  duplicate: [controlKeys.duplicate(org, 'identity'), 'duplicate'],
  due: [controlKeys.due(1, 0), 'due bucket'],
  health: [controlKeys.health(org, app, endpoint), 'health'],
  crowding: [controlKeys.crowding(0), 'crowding'],
  oldRequests: [controlKeys.oldRequests('fast', 1), 'old requests'],
  parked: [controlKeys.parked(org, app, endpoint, 0), 'parked delivery'],
  throttle: [controlKeys.throttle(org, app, endpoint), 'throttle'],
  testAttempts: [controlKeys.testAttempts(org, app), 'rate limit'],
  publishRateLimit: [controlKeys.publishRateLimit(org, null), 'rate limit'],
  rebuild: [controlKeys.rebuild('views', '0'), 'progress of maintenance'],
  reencryption: [controlKeys.reencryption('endpoints'), 'progress of maintenance'],
  wipe: [controlKeys.wipe('1', '0'), 'progress of maintenance'],
  sweepLease: [controlKeys.sweepLease(), 'sweep lease'],
  lastError: [controlKeys.lastError('queue', '1'), 'last failure of a record'],
  starts: [controlKeys.starts('queue', '1'), 'starts of a record'],
  audit: [controlKeys.audit('2026-12-01', '1'), 'audit log'],
};

const all = Object.entries({
  catalog: CATALOG,
  messages: MESSAGES,
  deliveries: DELIVERIES,
  views: VIEWS,
  control: CONTROL,
}).flatMap(([table, kinds]) =>
  Object.entries(kinds).map(([name, [key, kind]]) => [`${table}: ${name}`, key, kind] as const),
);

it.each(all)('the benchmark names the kind of the row %s', (_name, key, kind) => {
  expect(typeof key === 'string' ? rangeKindOf(key) : rowKindOf(key.pk, key.sk)).toBe(kind);
});

it('the benchmark refuses to count a row whose kind it does not know', () => {
  expect(() => rowKindOf('new#1', 'row')).toThrow('add it to row-kinds.ts');
});

it('the benchmark names what a query of a whole application reads', () => {
  const { pk, sk } = catalogKeys.application(org, app);
  expect(rangeKindOf(pk, sk)).toBe('application with its endpoints');
});
