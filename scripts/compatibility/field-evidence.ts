/** One field of a model, or one parameter of an operation. */
export interface ClientField {
  /** A model (`MessageIn`), or an operation (`message.list`) for its parameters. */
  readonly owner: string;
  readonly field: string;
  readonly kind: 'body' | 'answer' | 'query' | 'header';
}

/** Why a field counts as supported: the test that observes its effect, or why it is ignored or refused. */
export type Evidence =
  | { readonly kind: 'test'; readonly file: string; readonly title: string }
  | { readonly kind: 'ignored' | 'refused' | 'unused'; readonly why: string };

const FILE = 'test/e2e/compatibility/fields.test.ts';
const test = (title: string): Evidence => ({ kind: 'test', file: FILE, title });

const APPLICATIONS = test('applications keep and return their fields');
const APPLICATION_LIST = test(
  'applications are listed by limit, iterator, order and what endpoints they have',
);
const EVENT_TYPES = test('event types keep and return their fields');
const EVENT_TYPE_LIST = test('event types are listed by limit, iterator, include_archived and with_content');
const IMPORT = test('event types are imported by spec, specRaw, dryRun and replaceAll');
const ENVIRONMENT = test('an environment is exported and imported with its eventTypes and settings');
const NO_CONNECTORS: Evidence = { kind: 'unused', why: 'there are no connectors; an import ignores them' };
const ENDPOINTS = test('endpoints keep and return their fields');
const ENDPOINT_LIST = test('endpoints are listed by limit, iterator and order');
const HEADERS = test('headers are replaced, set and removed by deleteHeaders');
const ROTATION = test('a secret is rotated to a key, with its gracePeriodSeconds');
const MESSAGES = test('messages keep and return their fields');
const MESSAGE_LIST = test(
  'messages are listed by limit, iterator, channel, tag, event_types, before, after and with_content',
);
const ATTEMPTS = test('attempts print their fields and are found by tag, with their messages');
const ATTEMPTED = test('attempted messages and destinations print their fields and are found by theirs');
const STATISTICS = test('statistics count between since and until');
const USAGE = test('attempts are counted by application between since and until, for appIds');
const EXAMPLE = test('an example is sent by eventType, exampleIndex or payload');
const REPLAY = test('replays take since, until and their filters, and their tasks are listed');
const PORTAL = test(
  'a portal link is made with its application, featureFlags, readOnly, capabilities, expiry and sessionId',
);
const OPERATIONAL = test('endpoints of operational webhooks keep and return their fields');
const PRECHECK = test(
  'a precheck answers from the present by eventType and channels, whatever its idempotency-key',
);
const EXPUNGE = test('contents are expunged by ids, and all at once in a task');
const EXPIRE = test('tokens of the portal end by sessionIds, after expiry, and all at once');

/** By model; by operation for query parameters. */
const BY_OWNER: Readonly<Record<string, Evidence>> = {
  ApplicationIn: APPLICATIONS,
  ApplicationOut: APPLICATIONS,
  ApplicationPatch: APPLICATIONS,
  ListResponseApplicationOut: APPLICATION_LIST,
  'application.list': APPLICATION_LIST,
  EventTypeIn: EVENT_TYPES,
  EventTypeOut: EVENT_TYPES,
  EventTypePatch: EVENT_TYPES,
  EventTypeUpsertIn: EVENT_TYPES,
  EventTypeImportOpenApiIn: IMPORT,
  EventTypeImportOpenApiOut: IMPORT,
  EventTypeImportOpenApiOutData: IMPORT,
  EventTypeFromOpenApi: IMPORT,
  EnvironmentIn: ENVIRONMENT,
  EnvironmentOut: ENVIRONMENT,
  ConnectorIn: NO_CONNECTORS,
  ConnectorOut: NO_CONNECTORS,
  ListResponseEventTypeOut: EVENT_TYPE_LIST,
  'event_type.list': EVENT_TYPE_LIST,
  'event_type.delete': EVENT_TYPE_LIST,
  EndpointIn: ENDPOINTS,
  EndpointOut: ENDPOINTS,
  EndpointPatch: ENDPOINTS,
  EndpointUpsertIn: ENDPOINTS,
  EndpointSecretOut: ENDPOINTS,
  ListResponseEndpointOut: ENDPOINT_LIST,
  'endpoint.list': ENDPOINT_LIST,
  EndpointHeadersIn: HEADERS,
  EndpointHeadersOut: HEADERS,
  EndpointHeadersPatchIn: HEADERS,
  EndpointSecretRotateIn: ROTATION,
  MessageIn: MESSAGES,
  MessageOut: MESSAGES,
  'message.create': MESSAGES,
  'message.get': MESSAGES,
  ListResponseMessageOut: MESSAGE_LIST,
  'message.list': MESSAGE_LIST,
  MessageAttemptOut: ATTEMPTS,
  ListResponseMessageAttemptOut: ATTEMPTS,
  'message_attempt.get': ATTEMPTS,
  'message_attempt.list_by_endpoint': ATTEMPTS,
  'message_attempt.list_by_msg': ATTEMPTS,
  EndpointMessageOut: ATTEMPTED,
  ListResponseEndpointMessageOut: ATTEMPTED,
  MessageEndpointOut: ATTEMPTED,
  ListResponseMessageEndpointOut: ATTEMPTED,
  'message_attempt.list_attempted_messages': ATTEMPTED,
  'message_attempt.list_attempted_destinations': ATTEMPTED,
  EndpointStats: STATISTICS,
  EndpointAttemptStats: STATISTICS,
  'endpoint.get_stats': STATISTICS,
  'endpoint.get_attempt_stats': STATISTICS,
  AppUsageStatsIn: USAGE,
  AppUsageStatsOut: USAGE,
  AggregateEventTypesOut: USAGE,
  EventExampleIn: EXAMPLE,
  RecoverIn: REPLAY,
  RecoverOut: REPLAY,
  ReplayIn: REPLAY,
  ReplayOut: REPLAY,
  BulkReplayIn: REPLAY,
  BackgroundTaskOut: REPLAY,
  ListResponseBackgroundTaskOut: REPLAY,
  'background_task.list': REPLAY,
  AppPortalAccessIn: PORTAL,
  AppPortalAccessOut: PORTAL,
  ApplicationTokenExpireIn: EXPIRE,
  ListResponseOperationalWebhookEndpointOut: OPERATIONAL,
  OperationalWebhookEndpointIn: OPERATIONAL,
  OperationalWebhookEndpointOut: OPERATIONAL,
  OperationalWebhookEndpointUpsertIn: OPERATIONAL,
  OperationalWebhookEndpointHeadersIn: OPERATIONAL,
  OperationalWebhookEndpointHeadersOut: OPERATIONAL,
  OperationalWebhookEndpointSecretIn: OPERATIONAL,
  OperationalWebhookEndpointSecretOut: OPERATIONAL,
  'operational_webhook.endpoint.list': OPERATIONAL,
  MessagePrecheckIn: PRECHECK,
  MessagePrecheckOut: PRECHECK,
  BulkExpungeContentsIn: EXPUNGE,
  BulkExpungeContentsOut: EXPUNGE,
  ExpungeAllContentsOut: EXPUNGE,
};

/** Fields whose evidence differs from that of their owner. */
const BY_FIELD: Readonly<Record<string, Evidence>> = {
  'event_type.list.order': { kind: 'ignored', why: 'names are always listed in ascending order' },
  'message.precheck.idempotency-key': PRECHECK,
  'ListResponseBackgroundTaskOut.data': {
    ...{ kind: 'test', file: 'test/e2e/sdk/v2.test.ts' },
    title: 'replays in background tasks, and reads and lists the tasks',
  },
};

const IDEMPOTENCY = test('every POST is repeated under its idempotency-key');

export const evidenceOf = ({ owner, field, kind }: ClientField): Evidence | undefined =>
  BY_FIELD[`${owner}.${field}`] ?? (kind === 'header' ? IDEMPOTENCY : BY_OWNER[owner]);
