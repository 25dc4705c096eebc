import { randomBytes, randomUUID } from 'node:crypto';
import type { Deps } from '../../../functions/api/deps.ts';
import type {
  ApplicationStore,
  EventTypeStore,
  Tenant,
  Tenants,
} from '../../../functions/catalog/catalog.port.ts';
import type { OrganizationSettings } from '../../../functions/catalog/settings/settings.domain.ts';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { makeSigningKeys } from '../../../functions/deliver/signing/secret-box.ts';
import type { QueuedDelivery } from '../../../functions/deliver/delivery.port.ts';
import { makeExpunge } from '../../../functions/expunge/expunge.flow.ts';
import { makeCancelMessage } from '../../../functions/publish/cancel-message.flow.ts';
import { makePrecheck } from '../../../functions/fan-out/precheck.flow.ts';
import { makeRunOnce } from '../../../functions/idempotency/run-once.flow.ts';
import type { Message } from '../../../functions/messages/message.domain.ts';
import { TICK_MS, makeIds } from '../../../functions/platform/ids/ids.domain.ts';
import { currentLogFields } from '../../../functions/platform/lambda/log-fields.ts';
import { DEFAULT_SETTINGS } from '../../../functions/platform/settings/organization-settings.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { PublishRequest } from '../../../functions/publish/messages.port.ts';
import { makePublishBatch } from '../../../functions/publish/publish-batch.flow.ts';
import { makePublish } from '../../../functions/publish/publish.flow.ts';
import { makePublished } from '../../../functions/publish/published.flow.ts';
import { makeFindSchemas } from '../../../functions/publish/schema-check/compiled-schemas.ts';
import { makeCheckPayloads } from '../../../functions/publish/schema-check/check-payload.flow.ts';
import type { ReportedViolation } from '../../../functions/publish/schema-check/check-payload.flow.ts';
import type { AttemptQuery, AttemptReader } from '../../../functions/read-models/attempts.port.ts';
import type {
  DeliveryStatusReader,
  EndpointMessageQuery,
} from '../../../functions/read-models/delivery-status.port.ts';
import {
  UNKNOWN_CAUSE,
  failuresOf,
  totalsOf,
} from '../../../functions/read-models/hourly-statistics/endpoint-hours.domain.ts';
import type {
  EndpointKey,
  Span,
} from '../../../functions/read-models/hourly-statistics/endpoint-hours.domain.ts';
import {
  makeCountAttempts,
  makeCountFailures,
} from '../../../functions/read-models/hourly-statistics/statistics.flow.ts';
import type { AttemptCounts } from '../../../functions/read-models/hourly-statistics/statistics.flow.ts';
import { endpointMessageOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { makeResend } from '../../../functions/replay/resend.flow.ts';
import type { TaskResults } from '../../../functions/replay/statistics/statistics-page.flow.ts';
import { makeTasks } from '../../../functions/replay/tasks.flow.ts';
import { makeMemoryCatalog } from '../../support/memory/catalog.ts';
import type { MemoryCatalog } from '../../support/memory/catalog.ts';
import { makeMemoryIdempotency } from '../../support/memory/idempotency.ts';
import type { MemoryIdempotency } from '../../support/memory/idempotency.ts';
import { makeMemoryResults } from '../../support/memory/task-results.ts';
import { makeMemoryTasks } from '../../support/memory/tasks.ts';
import type { MemoryTasks } from '../../support/memory/tasks.ts';
import { makeMemoryTokens } from '../../support/memory/tokens.ts';
import type { MemoryTokens } from '../../support/memory/tokens.ts';
import { makeMemoryLog } from '../../support/simulation/attempt-log.ts';
import { ORG } from '../../support/simulation/builders.ts';
import { makeMemoryMessages } from '../../support/simulation/messages.ts';
import type { MemoryMessages } from '../../support/simulation/messages.ts';
import {
  makeMemoryAttempts,
  makeMemoryDeliveryStatus,
  makeMemoryViews,
} from '../../support/simulation/views.ts';

/** The API's dependencies on adapters in memory, which pass the contract suites of the DynamoDB adapters. */

export const NOW = Date.parse('2026-11-23T04:19:56.838Z');
/** The time in ids that are made at NOW, whose resolution is 4 ms. */
export const ID_TIME = NOW - (NOW % TICK_MS);
export const SECRET = 'unit-test-jwt-secret';
export { ORG };

export const DEFAULTS: OrganizationSettings = {
  ...DEFAULT_SETTINGS,
  retrySchedule: [5, 300],
};

export interface Simulation {
  readonly applications: MemoryCatalog['rows']['applications'];
  readonly endpoints: MemoryCatalog['rows']['endpoints'];
  readonly messages: MemoryMessages;
  readonly tasks: MemoryTasks;
  readonly results: TaskResults;
  readonly tokens: MemoryTokens;
  readonly idempotency: MemoryIdempotency;
  /** Writes an attempt to the log and the read models. */
  readonly record: (attempt: Attempt) => void;
  readonly attempts: () => readonly Attempt[];
  /** Requests that reached the publish flow. */
  readonly published: PublishRequest[];
  /** Payloads that violated the schemas of their event types, as reported. */
  readonly violations: ReportedViolation[];
  /** Queries that reached the attempt reader. */
  readonly attemptQueries: AttemptQuery[];
  /** Queries that reached the reader of an endpoint's messages. */
  readonly messageQueries: EndpointMessageQuery[];
  /** Deliveries sent to the delivery queue. */
  readonly queued: QueuedDelivery[];
  readonly log: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
  readonly deps: Deps;
}

const ALL = { limit: 250, cursor: null, order: 'ascending' } as const;

const makeTenants = (
  catalog: MemoryCatalog,
  tokens: MemoryTokens,
  defaults: () => OrganizationSettings,
): Tenants => {
  const resolve: Tenants['resolve'] = async (orgId, idOrUid) => {
    const application = await catalog.applications.find(orgId, idOrUid);
    if (application === undefined) return undefined;
    const { items } = await catalog.endpoints.list(orgId, application.id, ALL);
    const settings = { ...defaults(), ...(await catalog.settings.overrides(orgId)) };
    const tokenMarks = tokens.known(orgId);
    const schemasRevision = catalog.schemasRevision(orgId);
    return {
      ...{ application, endpoints: items, settings, tokenMarks },
      ...(schemasRevision === undefined ? {} : { schemasRevision }),
    } satisfies Tenant;
  };
  return { resolve, load: (keys) => Promise.all(keys.map(({ orgId, appId }) => resolve(orgId, appId))) };
};

const makeReadModels = () => {
  const log = makeMemoryLog();
  const views = makeMemoryViews();
  const record = (attempt: Attempt) => {
    void log.record(attempt);
    void views.putEndpointAttempts([attempt]);
    void views.mergeEndpointMessages([endpointMessageOf(attempt)]);
  };
  const inside = ({ orgId, appId, endpointId }: EndpointKey, spans: readonly Span[]) =>
    views
      .endpointAttempts()
      .filter((one) => one.orgId === orgId && one.appId === appId && one.endpointId === endpointId)
      .filter(({ at }) => spans.some(({ from, to }) => from <= at && at < to));
  const failures = (attempts: readonly Attempt[]) =>
    failuresOf(
      attempts.flatMap(({ id, cause, succeeded, decision }) => {
        if (decision.kind === 'canceled') return [{ id, cause: `canceled:${decision.reason}` }];
        return succeeded ? [] : [{ id, cause: cause ?? UNKNOWN_CAUSE }];
      }),
    );
  const counts: AttemptCounts = {
    storedHours: async () => [],
    count: async (endpoint, spans) => {
      const attempts = inside(endpoint, spans);
      const succeeded = attempts.filter((one) => one.succeeded).length;
      return { ...totalsOf(succeeded, failures(attempts)), complete: true };
    },
    countFailures: async (endpoint, spans) => ({
      failures: failures(inside(endpoint, spans)),
      complete: true,
    }),
  };
  return {
    log,
    record,
    countAttempts: makeCountAttempts(counts),
    countFailures: makeCountFailures(counts),
    attempts: makeMemoryAttempts(views, log),
    deliveryStatus: makeMemoryDeliveryStatus(views, log),
  };
};

/** Records the queries that reach the readers. */
const recordQueries = (attempts: AttemptReader, deliveryStatus: DeliveryStatusReader) => {
  const attemptQueries: AttemptQuery[] = [];
  const messageQueries: EndpointMessageQuery[] = [];
  return {
    attemptQueries,
    messageQueries,
    attempts: {
      ...attempts,
      listByEndpoint: (org, app, endpoint, query, nowMs) => {
        attemptQueries.push(query);
        return attempts.listByEndpoint(org, app, endpoint, query, nowMs);
      },
    } satisfies AttemptReader,
    deliveryStatus: {
      ...deliveryStatus,
      messages: (org, app, endpoint, query, nowMs) => {
        messageQueries.push(query);
        return deliveryStatus.messages(org, app, endpoint, query, nowMs);
      },
    } satisfies DeliveryStatusReader,
  };
};

interface PublishingDeps {
  readonly tenants: Tenants;
  readonly tokens: MemoryTokens;
  readonly applications: ApplicationStore;
  readonly messages: MemoryMessages;
  readonly eventTypes: EventTypeStore;
  readonly ids: Deps['ids'];
}

const makePublishing = ({ tenants, tokens, applications, messages, eventTypes, ids }: PublishingDeps) => {
  const published: PublishRequest[] = [];
  const readBody = async (message: Message, nowMs: number) =>
    (await messages.bodies([message], nowMs))[0] ?? null;
  const violations: ReportedViolation[] = [];
  const checkPayloads = makeCheckPayloads({
    schemas: makeFindSchemas(eventTypes),
    now: () => NOW,
    report: (violation) => void violations.push(violation),
  });
  const common = { messages, tokens, readBody, checkPayloads, now: () => NOW };
  const publish = makePublish({ ...common, tenants, applications, ids, step: noSteps });
  return {
    publishRequests: published,
    violations,
    publish: (request: PublishRequest) => {
      published.push(request);
      return publish(request);
    },
    published: makePublished(common),
    publishBatch: makePublishBatch({ ...common, tenants, applications, ids, step: noSteps }),
  };
};

/** The flow of idempotent requests. Its locks never expire, so that no test depends on the speed of the machine. */
const makeOnce = (store: MemoryIdempotency) =>
  makeRunOnce({
    store: { ...store, start: (lock) => store.start(lock, NOW) },
    newHolder: () => randomUUID(),
    now: () => Date.now(),
    sleep: () => new Promise((resolve) => void setImmediate(resolve)),
    report: () => undefined,
    step: noSteps,
  });

/** All dependencies, empty; `overrides` replaces some of them. */
export const makeSimulation = (overrides: Partial<Deps> = {}): Simulation => {
  const ids = makeIds(randomBytes);
  const now = () => NOW;
  const idempotency = makeMemoryIdempotency();
  const catalog = makeMemoryCatalog(idempotency);
  const messages = makeMemoryMessages();
  const tasks = makeMemoryTasks(idempotency);
  const results = makeMemoryResults();
  const { log: attemptLog, record, countAttempts, countFailures, ...readers } = makeReadModels();
  const { attemptQueries, messageQueries, ...readModels } = recordQueries(
    readers.attempts,
    readers.deliveryStatus,
  );
  const tokens = makeMemoryTokens();
  const tenants = makeTenants(catalog, tokens, () => deps.settingsDefaults);
  const { publishRequests, violations, ...publishing } = makePublishing({
    ...catalog,
    tenants,
    tokens,
    messages,
    ids,
  });
  const queued: QueuedDelivery[] = [];
  const log: Simulation['log'] = [];
  const addLine = (message: string, fields: Readonly<Record<string, unknown>>) =>
    log.push({ message, fields: { ...fields, ...currentLogFields() } });
  const { applications, endpoints, eventTypes, settings, rows } = catalog;
  const secretBox: Deps['secrets'] = {
    ready: async () => undefined,
    seal: (plainText, endpointId) => Buffer.from(`${endpointId}|${plainText}`),
    open: (sealed) => Buffer.from(sealed).toString().split('|')[1] ?? '',
  };
  const deps: Deps = {
    ...{ applications, endpoints, eventTypes, settings },
    settingsDefaults: DEFAULTS,
    checkSubnets: (ranges) => {
      const subnet = ranges.find((range) => !range.startsWith('10.'));
      return subnet === undefined ? { kind: 'ok' } : { kind: 'invalid', subnet, reason: 'closed here' };
    },
    ...{ messages, countAttempts, countFailures },
    ...readModels,
    ...publishing,
    precheck: makePrecheck({ tenants }),
    cancelMessage: makeCancelMessage({ store: messages, now, step: noSteps }),
    expunge: makeExpunge({
      rows: {
        removePayload: async (message, by) => {
          messages.replace({ ...message, payload: { kind: 'gone', ...(by !== null && { by }) } });
          return null;
        },
        overwriteResponse: async (attempt) => attemptLog.replace({ ...attempt, response: 'EXPUNGED' }),
      },
      objects: { remove: async () => undefined },
      step: noSteps,
    }),
    resend: makeResend({ queue: { send: async (some) => void queued.push(...some) }, now, step: noSteps }),
    tasks: makeTasks({
      store: tasks,
      results,
      queue: { send: async () => undefined },
      select: async () => ({ kind: 'page', deliveries: [], next: null, done: true }),
      ...{ ids, now, step: noSteps },
    }),
    runOnce: makeOnce(idempotency),
    secrets: secretBox,
    signingKeys: makeSigningKeys(secretBox),
    keys: { current: async () => [SECRET], refresh: async () => [SECRET] },
    tokens,
    ...{ ids, now, randomBytes },
    health: async () => ({ database: true, queue: true, cache: true }),
    log: { info: addLine, error: addLine },
    ...overrides,
  };
  return {
    ...rows,
    ...{ messages, tasks, results, tokens, idempotency, record, attempts: attemptLog.all },
    ...{ published: publishRequests, violations, attemptQueries, messageQueries, queued, log, deps },
  };
};
