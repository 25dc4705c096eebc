import { randomBytes, randomUUID } from 'node:crypto';
import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import { currentLogFields } from '../../../functions/platform/lambda/log-fields.ts';
import { outcomeOfAttempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { Attempt, AttemptOutcome } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { AppId, OrgId } from '../../../functions/platform/ids/brand.domain.ts';
import { changed } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { EventType } from '../../../functions/catalog/event-types/event-type.domain.ts';
import { makeIds } from '../../../functions/platform/ids/ids.domain.ts';
import type { Message } from '../../../functions/messages/message.domain.ts';
import { DEFAULT_SETTINGS } from '../../../functions/platform/settings/organization-settings.ts';
import type {
  OrganizationSettings,
  SettingsOverrides,
} from '../../../functions/catalog/settings/settings.domain.ts';
import type { AttemptQuery, AttemptReader } from '../../../functions/read-models/attempts.port.ts';
import type {
  DeliveryStatusReader,
  EndpointMessageQuery,
} from '../../../functions/read-models/delivery-status.port.ts';
import type {
  ApplicationStore,
  EndpointStore,
  LimitReached,
  EventTypeStore,
  SettingsStore,
} from '../../../functions/catalog/catalog.port.ts';
import type { Expunge } from '../../../functions/expunge/expunge.flow.ts';
import { makeRunOnce } from '../../../functions/idempotency/run-once.flow.ts';
import type { Answer, IdempotencyStore } from '../../../functions/idempotency/run-once.flow.ts';
import type {
  MessageReader,
  Publish,
  PublishOutcome,
  PublishRequest,
} from '../../../functions/publish/messages.port.ts';
import type { Page, PageRequest } from '../../../functions/platform/pages/page.ts';
import { makeResend } from '../../../functions/replay/resend.flow.ts';
import type { QueuedDelivery } from '../../../functions/deliver/delivery.port.ts';
import type { Task } from '../../../functions/replay/task.domain.ts';
import type { Tasks } from '../../../functions/replay/tasks.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import {
  endpointMessageOf,
  hasProgress,
  mergeEndpointMessages,
} from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { endpointBytes } from '../../../functions/catalog/endpoints/endpoint-size.domain.ts';
import type { EndpointLimits } from '../../../functions/platform/limits/endpoints.domain.ts';
import { HARD_ENDPOINT_LIMITS } from '../../../functions/platform/limits/endpoints.domain.ts';
import type { Deps } from '../../../functions/api/deps.ts';

/** In-memory ports: the smallest implementations that obey the ports' comments. */

export const NOW = Date.parse('2026-11-23T04:19:56.838Z');
export const SECRET = 'unit-test-jwt-secret';
export const ORG = 'org_23rb8YdGqMT0qIzpgGwdXfHirMu';

const pageOf = <Item>(
  items: readonly Item[],
  id: (item: Item) => string,
  { limit, cursor, order }: PageRequest,
): Page<Item> => {
  const sorted = items.toSorted((a, b) => (id(a) < id(b) ? -1 : 1));
  const ordered = order === 'ascending' ? sorted : sorted.toReversed();
  const back = cursor?.direction === 'previous';
  const walk = back ? ordered.toReversed() : ordered;
  const ascends = (order === 'ascending') !== back;
  const rest = walk.filter(
    (item) => cursor === null || (ascends ? id(item) > cursor.id : id(item) < cursor.id),
  );
  const taken = rest.slice(0, limit);
  return { items: back ? taken.toReversed() : taken, done: rest.length <= limit };
};

const written = <Item>(item: Item) => ({ kind: 'written' as const, item });
const notFound = { kind: 'not-found' } as const;
const conflict = { kind: 'conflict' } as const;

const fakeApplications = (rows: Map<string, Application>): ApplicationStore => {
  const live = (orgId: OrgId) => [...rows.values()].filter((row) => row.orgId === orgId);
  const taken = (orgId: OrgId, uid: string | null | undefined, but?: AppId) =>
    uid != null && live(orgId).some((row) => row.uid === uid && row.id !== but);
  return {
    create: async (row) => {
      if (taken(row.orgId, row.uid)) return conflict;
      rows.set(row.id, row);
      return written(row);
    },
    find: async (orgId, key) => live(orgId).find((row) => row.id === key || row.uid === key),
    list: async (orgId, page) => pageOf(live(orgId), (row) => row.id, page),
    change: async (orgId, id, changes, nowMs) => {
      const row = rows.get(id);
      if (row === undefined) return notFound;
      if (taken(orgId, changes.uid, id)) return conflict;
      const next = { ...row, ...changes, updatedAt: nowMs };
      rows.set(id, next);
      return written(next);
    },
    remove: async (_orgId, id) => {
      const row = rows.get(id);
      return row !== undefined && rows.delete(id) ? written(row) : notFound;
    },
  };
};

const overLimit = (
  limits: EndpointLimits,
  count: number,
  all: readonly Endpoint[],
  next: Endpoint,
): LimitReached | undefined => {
  const reached = (which: keyof EndpointLimits) =>
    ({ kind: 'limit-reached', which, most: limits[which] }) as const;
  if (endpointBytes(next) > limits.endpointBytes) return reached('endpointBytes');
  if (count > limits.endpoints) return reached('endpoints');
  const bytes = all.reduce((sum, endpoint) => sum + endpointBytes(endpoint), 0);
  return bytes > limits.applicationBytes ? reached('applicationBytes') : undefined;
};

const fakeEndpoints = (rows: Map<string, Endpoint>): EndpointStore => {
  const live = (appId: AppId) => [...rows.values()].filter((row) => row.appId === appId);
  const taken = (appId: AppId, uid: string | null | undefined, but?: string) =>
    uid != null && live(appId).some((row) => row.uid === uid && row.id !== but);
  return {
    create: async (row, _storedResponseOf, limits = HARD_ENDPOINT_LIMITS) => {
      if (taken(row.appId, row.uid)) return conflict;
      const refused = overLimit(limits, live(row.appId).length + 1, [...live(row.appId), row], row);
      if (refused !== undefined) return refused;
      rows.set(row.id, row);
      return written(row);
    },
    find: async (_orgId, appId, key) => live(appId).find((row) => row.id === key || row.uid === key),
    findMany: async (_orgId, appId, ids) => live(appId).filter((row) => ids.includes(row.id)),
    list: async (_orgId, appId, page) => pageOf(live(appId), (row) => row.id, page),
    change: async (_orgId, appId, id, change, nowMs, limits = HARD_ENDPOINT_LIMITS) => {
      const row = rows.get(id);
      if (row === undefined) return notFound;
      const changes = change(row);
      if (changes === undefined) return { kind: 'refused' };
      if (taken(appId, changes.uid, id)) return conflict;
      const next = changed(row, changes, nowMs);
      const all = live(appId).map((other) => (other.id === id ? next : other));
      const refused = endpointBytes(next) > endpointBytes(row) ? overLimit(limits, 0, all, next) : undefined;
      if (refused !== undefined) return refused;
      rows.set(id, next);
      return written(next);
    },
    remove: async (_orgId, _appId, id) => {
      const row = rows.get(id);
      return row !== undefined && rows.delete(id) ? written(row) : notFound;
    },
  };
};

const fakeEventTypes = (rows: Map<string, EventType>): EventTypeStore => ({
  create: async (row) => {
    if (rows.get(row.name)?.archived === false) return conflict;
    rows.set(row.name, row);
    return written(row);
  },
  find: async (_orgId, name) => rows.get(name),
  list: async (_orgId, page, filter) =>
    pageOf([...rows.values()].filter(filter), (row) => row.name, { ...page, order: 'ascending' }),
  known: async (_orgId, names) => new Set(names.filter((name) => rows.get(name)?.archived === false)),
  put: async (row) => {
    const before = rows.get(row.name);
    const item = { ...row, createdAt: before?.createdAt ?? row.createdAt };
    rows.set(row.name, item);
    return { kind: before === undefined ? 'created' : 'updated', item };
  },
  change: async (_orgId, name, changes, nowMs) => {
    const row = rows.get(name);
    if (row === undefined) return notFound;
    const next = { ...row, ...changes, updatedAt: nowMs };
    rows.set(name, next);
    return written(next);
  },
  expunge: async (_orgId, name) => (rows.delete(name) ? { kind: 'removed' } : notFound),
});

const fakeSettings = (): SettingsStore => {
  let overrides: SettingsOverrides = {};
  return {
    overrides: async () => overrides,
    change: async (_orgId, changes) => {
      const next = Object.entries({ ...overrides, ...changes }).filter(([, value]) => value != null);
      overrides = Object.fromEntries(next);
      return overrides;
    },
  };
};

export const DEFAULTS: OrganizationSettings = {
  ...DEFAULT_SETTINGS,
  retrySchedule: [5, 300],
};

type Accepted = Extract<PublishOutcome, { kind: 'accepted' }>;

export interface Simulation {
  readonly applications: Map<string, Application>;
  readonly endpoints: Map<string, Endpoint>;
  readonly eventTypes: Map<string, EventType>;
  readonly messages: Map<string, { readonly message: Message; readonly body: Uint8Array | null }>;
  readonly attempts: Attempt[];
  /** Requests that reached the publish flow. */
  readonly published: PublishRequest[];
  /** Accepted messages by the digest of their idempotency key. */
  readonly accepted: Map<string, { readonly accepted: Accepted; readonly requestDigest: string | null }>;
  /** Queries that reached the attempt reader. */
  readonly attemptQueries: AttemptQuery[];
  readonly tasks: Map<string, Task>;
  /** Deliveries sent to the delivery queue. */
  readonly queued: QueuedDelivery[];
  readonly messageQueries: EndpointMessageQuery[];
  readonly log: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
  readonly deps: Deps;
}

const fakePublish =
  (simulation: Omit<Simulation, 'deps'>, applications: ApplicationStore, deps: () => Deps): Publish =>
  async (request) => {
    simulation.published.push(request);
    const { orgId, eventType, eventId, channels, tags, contentType, deliverAt, onlyEndpoint } = request;
    const found = await applications.find(orgId, request.application);
    const id = deps().ids.app(NOW);
    const appId = found?.id ?? (request.implicit === null ? undefined : id);
    if (appId === undefined) return { kind: 'application-not-found' };
    if (found === undefined && request.implicit !== null) {
      await applications.create({ orgId, id, ...request.implicit, createdAt: NOW, updatedAt: NOW });
    }
    const duplicate = [...simulation.messages.values()].some(
      ({ message }) => message.appId === appId && eventId !== null && message.eventId === eventId,
    );
    if (duplicate) return conflict;
    const message: Message = {
      orgId,
      appId,
      id: deps().ids.message(NOW),
      eventType,
      eventId,
      channels,
      tags,
      contentType,
      payload: { kind: 'inline', compressed: new Uint8Array(), bytes: 0 },
      payloadExpiresAt: NOW + 1e9,
      retainUntil: NOW + 1e9,
      createdAt: NOW,
      deliverAt,
      onlyEndpoint,
    };
    simulation.messages.set(message.id, { message, body: request.body });
    const accepted: Accepted = { kind: 'accepted', message, body: request.body };
    const { idempotency, requestDigest } = request;
    if (idempotency !== null) simulation.accepted.set(idempotency, { accepted, requestDigest });
    return accepted;
  };

const fakeMessages = (rows: Simulation['messages']): MessageReader => {
  const of = (appId: AppId) =>
    [...rows.values()].map(({ message }) => message).filter((row) => row.appId === appId);
  return {
    find: async (_orgId, appId, key) => of(appId).find((row) => row.id === key || row.eventId === key),
    findMany: async (_orgId, appId, ids) => of(appId).filter((row) => ids.includes(row.id)),
    list: async (_orgId, appId, { limit, cursor, channel, tag, eventTypes }) =>
      pageOf(
        of(appId).filter(
          (row) =>
            (channel === null || row.channels?.includes(channel)) &&
            (tag === null || row.tags?.includes(tag)) &&
            (eventTypes === null || eventTypes.includes(row.eventType)),
        ),
        (row) => row.id,
        { limit, cursor, order: 'descending' },
      ),
    bodies: async (messages) => messages.map((message) => rows.get(message.id)?.body ?? null),
  };
};

const fakeAttempts = (rows: Attempt[], attemptQueries: AttemptQuery[]): AttemptReader => {
  const page = (query: AttemptQuery, keep: (row: Attempt) => boolean) => {
    attemptQueries.push(query);
    const { limit, cursor, outcomes } = query;
    const kept = rows.filter((row) => keep(row) && (outcomes?.includes(outcomeOfAttempt(row)) ?? true));
    return pageOf(kept, (row) => row.id, { limit, cursor, order: 'descending' });
  };
  return {
    listByEndpoint: async (_orgId, _appId, endpointId, query) =>
      page(query, (row) => row.endpointId === endpointId),
    listByMessage: async (_orgId, _appId, messageId, endpointId, query) =>
      page(
        query,
        (row) => row.messageId === messageId && (endpointId === null || row.endpointId === endpointId),
      ),
    find: async (_orgId, _appId, messageId, id) =>
      rows.find((row) => row.messageId === messageId && row.id === id),
  };
};

/** Groups attempts by a key; each group in the order of ids. */
const grouped = (rows: readonly Attempt[], key: (row: Attempt) => string): Attempt[][] => {
  const sorted = rows.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  return [...new Set(sorted.map(key))].map((one) => sorted.filter((row) => key(row) === one));
};

const fakeDeliveryStatus = (
  rows: Attempt[],
  messageQueries: EndpointMessageQuery[],
): DeliveryStatusReader => ({
  messages: async (_orgId, _appId, endpointId, query, nowMs) => {
    messageQueries.push(query);
    const { limit, cursor, progress } = query;
    const of = grouped(
      rows.filter((row) => row.endpointId === endpointId),
      (row) => row.messageId,
    );
    const states = of.map((group) => group.map(endpointMessageOf).reduce(mergeEndpointMessages));
    const kept = states.filter((state) => progress === null || hasProgress(state, progress, nowMs));
    return pageOf(kept, (state) => state.messageId, { limit, cursor, order: 'descending' });
  },
  destinations: async (_orgId, _appId, messageId, page) => {
    const of = grouped(
      rows.filter((row) => row.messageId === messageId),
      (row) => row.endpointId,
    );
    const latest = of.map((group) => group.map(endpointMessageOf).reduce(mergeEndpointMessages));
    return pageOf(latest, (state) => state.endpointId, { ...page, order: 'ascending' });
  },
});

const fakeExpunge = ({ messages, attempts }: Pick<Simulation, 'messages' | 'attempts'>): Expunge => ({
  messageContent: async (message) => void messages.set(message.id, { message, body: null }),
  attemptContent: async (attempt) => {
    attempts.splice(attempts.indexOf(attempt), 1, { ...attempt, response: 'EXPUNGED' });
  },
});

/** Tasks that never run; an estimate counts the attempts of the endpoint. */
const fakeTasks = (rows: Map<string, Task>, attempts: readonly Attempt[], ids: () => Deps['ids']): Tasks => ({
  start: (order) => {
    const id = ids().task(NOW);
    const { until, rate } = order;
    const times = { pacedUntil: NOW, createdAt: NOW, updatedAt: NOW };
    const progress = { state: { kind: 'running' }, cursor: null, sent: 0 } as const;
    const task = { ...order, id, until: until ?? NOW, rate: rate ?? 50, ...progress, ...times };
    rows.set(id, task);
    return Promise.resolve(task);
  },
  estimate: ({ endpointId }) =>
    Promise.resolve({
      messages: attempts.filter((attempt) => attempt.endpointId === endpointId).length,
      complete: true,
    }),
  find: ({ orgId, id }) =>
    Promise.resolve([...rows.values()].find((row) => row.id === id && row.orgId === orgId)),
  list: (orgId, page, keep) =>
    Promise.resolve(
      pageOf(
        [...rows.values()].filter((row) => row.orgId === orgId && keep(row)),
        (row) => row.id,
        page,
      ),
    ),
  cancel: ({ id }) => {
    const task = rows.get(id);
    if (task?.state.kind === 'running')
      rows.set(id, { ...task, state: { kind: 'failed', reason: 'cancelled' } });
    return Promise.resolve(rows.get(id));
  },
});

/** Idempotency keys whose locks never expire and are never taken over. */
export const fakeIdempotency = (): IdempotencyStore => {
  const rows = new Map<string, { requestDigest: string; answer?: Answer }>();
  return {
    start: async ({ digest, requestDigest }) => {
      const found = rows.get(digest);
      if (found?.answer !== undefined) {
        return { kind: 'answered', answer: found.answer, requestDigest: found.requestDigest };
      }
      if (found !== undefined) return { kind: 'held' };
      rows.set(digest, { requestDigest });
      return { kind: 'mine' };
    },
    finish: async ({ lock: { digest, requestDigest }, answer }) =>
      void rows.set(digest, { requestDigest, answer }),
    free: async ({ digest }) => void rows.delete(digest),
  };
};

/** All ports, empty; `overrides` replaces some of them. */
export const makeSimulation = (overrides: Partial<Deps> = {}): Simulation => {
  const data = {
    applications: new Map(),
    endpoints: new Map(),
    eventTypes: new Map(),
    messages: new Map(),
    attempts: [],
    published: [],
    accepted: new Map(),
    attemptQueries: [],
    queued: [],
    tasks: new Map(),
    messageQueries: [],
    log: [],
  } satisfies Omit<Simulation, 'deps'> as Omit<Simulation, 'deps'>;
  const applications = fakeApplications(data.applications);
  const deps: Deps = {
    applications,
    endpoints: fakeEndpoints(data.endpoints),
    eventTypes: fakeEventTypes(data.eventTypes),
    settings: fakeSettings(),
    settingsDefaults: DEFAULTS,
    checkSubnets: (ranges) => {
      const subnet = ranges.find((range) => !range.startsWith('10.'));
      return subnet === undefined ? { kind: 'ok' } : { kind: 'invalid', subnet, reason: 'closed here' };
    },
    messages: fakeMessages(data.messages),
    attempts: fakeAttempts(data.attempts, data.attemptQueries),
    deliveryStatus: fakeDeliveryStatus(data.attempts, data.messageQueries),
    expunge: fakeExpunge(data),
    resend: makeResend({
      queue: { send: async (some) => void data.queued.push(...some) },
      now: () => NOW,
      step: noSteps,
    }),
    tasks: fakeTasks(data.tasks, data.attempts, () => deps.ids),
    runOnce: makeRunOnce({
      store: fakeIdempotency(),
      newHolder: () => randomUUID(),
      now: () => Date.now(),
      sleep: () => new Promise((resolve) => void setImmediate(resolve)),
      report: () => undefined,
      step: noSteps,
    }),
    countAttempts: async (_orgId, _appId, endpointId, since, until) => {
      const inside = data.attempts.filter(
        (row) => row.endpointId === endpointId && row.at >= since && row.at <= until,
      );
      const count = (outcome: AttemptOutcome) =>
        inside.filter((row) => outcomeOfAttempt(row) === outcome).length;
      return { succeeded: count('succeeded'), failed: count('failed'), canceled: count('canceled') };
    },
    publish: fakePublish(data, applications, () => deps),
    published: {
      ofKey: async (_orgId, digest, { requestDigest, appId }) => {
        const before = data.accepted.get(digest);
        if (before === undefined || (appId !== null && before.accepted.message.appId !== appId))
          return undefined;
        return { ...before.accepted, replayed: { mismatch: before.requestDigest !== requestDigest } };
      },
    },
    secrets: {
      seal: (plainText, endpointId) => Buffer.from(`${endpointId}|${plainText}`),
      open: (sealed) => Buffer.from(sealed).toString().split('|')[1] ?? '',
    },
    keys: { current: async () => [SECRET], refresh: async () => [SECRET] },
    ids: makeIds(randomBytes),
    now: () => NOW,
    randomBytes,
    health: async () => ({ database: true, queue: true, cache: true }),
    log: {
      info: (message, fields) => data.log.push({ message, fields: { ...fields, ...currentLogFields() } }),
      error: (message, fields) => data.log.push({ message, fields: { ...fields, ...currentLogFields() } }),
    },
    ...overrides,
  };
  return { ...data, deps };
};
