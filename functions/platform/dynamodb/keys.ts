import { appId, endpointId, messageId, orgId } from '../ids/brand.domain.ts';
import type { AppId, AttemptId, EndpointId, MessageId, OrgId } from '../ids/brand.domain.ts';
import type { AttemptOutcome, Trigger } from '../ids/trigger.domain.ts';

/**
 * The keys of all tables. Each begins with the tenant, and no key that traffic writes to is only a tenant. Text from
 * outside is escaped where it may contain the separator, so that no tenant can form another tenant's key.
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Copies of a revision, which spread the reads of a hot one: a partition serves 3,000 reads a second. */
export const REVISION_COPIES = 4;

/** Shards of an application's messages and of an endpoint's rows: a partition takes 1,000 writes a second. */
export const SHARDS = 8;
export const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => shard);

/**
 * Shards of an endpoint's attempts by outcome. Failures and cancellations are few, and are listed and counted without
 * reading successes. An endpoint that fails more often than four shards take has an open circuit breaker.
 */
const ATTEMPT_SHARDS: Readonly<Record<AttemptOutcome, { readonly first: number; readonly count: number }>> = {
  succeeded: { first: 0, count: SHARDS },
  failed: { first: SHARDS, count: 4 },
  canceled: { first: SHARDS + 4, count: 2 },
};

const OUTCOMES = ['succeeded', 'failed', 'canceled'] as const;

/** The shards of an endpoint's attempts that hold these outcomes (null: all). */
export const attemptShards = (outcomes: readonly AttemptOutcome[] | null): readonly number[] =>
  OUTCOMES.filter((outcome) => outcomes?.includes(outcome) ?? true).flatMap((outcome) => {
    const { first, count } = ATTEMPT_SHARDS[outcome];
    return Array.from({ length: count }, (_, index) => first + index);
  });

const escape = (text: string) => text.replaceAll(/[%#]/g, (character) => (character === '#' ? '%23' : '%25'));
const org = (id: OrgId) => `o#${escape(id)}`;
const app = (orgId: OrgId, id: AppId) => `${org(orgId)}#a#${escape(id)}`;

/** The shard of an id: FNV-1a of its text, evenly spread. Stored rows depend on it, so it must never change. */
export const shardOf = (id: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % SHARDS;
};

/** The shard of an attempt in its endpoint's list. */
export const attemptShardOf = (id: string, outcome: AttemptOutcome): number => {
  const { first, count } = ATTEMPT_SHARDS[outcome];
  return first + (shardOf(id) % count);
};

export const catalogKeys = {
  settings: (orgId: OrgId): Key => ({ pk: org(orgId), sk: 'settings' }),
  /** The organization's marks of revoked tokens; the copies of its settings' revision repeat them. */
  organizationTokens: (orgId: OrgId): Key => ({ pk: org(orgId), sk: 'tokens' }),
  settingsRevision: (orgId: OrgId, copy: number): Key => ({ pk: `${org(orgId)}#rev#${copy}`, sk: 'rev' }),
  /** Lists the applications of an organization. The item under `application` is authoritative. */
  applicationListing: (orgId: OrgId, id: string): Key => ({ pk: `${org(orgId)}#apps`, sk: id }),
  applicationUid: (orgId: OrgId, uid: string): Key => ({ pk: `${org(orgId)}#uid#${escape(uid)}`, sk: 'uid' }),
  application: (orgId: OrgId, id: AppId): Key => ({ pk: app(orgId, id), sk: 'app' }),
  applicationRevision: (orgId: OrgId, id: AppId, copy: number): Key => ({
    pk: `${app(orgId, id)}#rev#${copy}`,
    sk: 'rev',
  }),
  /** Marks of revoked tokens, outside the key range of snapshots. */
  applicationTokens: (orgId: OrgId, id: AppId): Key => ({ pk: app(orgId, id), sk: 'tokens' }),
  endpoint: (orgId: OrgId, appId: AppId, id: string): Key => ({ pk: app(orgId, appId), sk: `ep#${id}` }),
  /** Deleted endpoints get another key, so that reading the live ones costs no more than their size. */
  endpointDeleted: (orgId: OrgId, appId: AppId, id: string): Key => ({
    pk: app(orgId, appId),
    sk: `gone#${id}`,
  }),
  endpointUid: (orgId: OrgId, appId: AppId, uid: string): Key => ({
    pk: app(orgId, appId),
    sk: `uid#${escape(uid)}`,
  }),
  eventType: (orgId: OrgId, name: string): Key => ({ pk: `${org(orgId)}#types`, sk: `t#${name}` }),
  eventTypesSeeded: (orgId: OrgId): Key => ({ pk: `${org(orgId)}#types`, sk: 'seeded' }),
};

export const messageKeys = {
  message: (orgId: OrgId, appId: AppId, id: MessageId): Key => ({
    pk: `${app(orgId, appId)}#m#${shardOf(id)}`,
    sk: id,
  }),
  shard: (orgId: OrgId, appId: AppId, shard: number): string => `${app(orgId, appId)}#m#${shard}`,
  eventId: (orgId: OrgId, appId: AppId, eventId: string): Key => ({
    pk: `${app(orgId, appId)}#eid#${escape(eventId)}`,
    sk: 'eid',
  }),
};

/** Pads to four digits, so that text order is number order. */
const numberText = (number: number) => String(number).padStart(4, '0');

/** The common prefix of the keys of one schedule, before the attempt number. */
const seriesText = (series: string | undefined) => (series === undefined ? '' : `s#${series}#`);

const triggerText = (trigger: Trigger) =>
  trigger.kind === 'scheduled'
    ? `${seriesText(trigger.series)}${numberText(trigger.number)}`
    : `m#${trigger.request}`;

export const deliveryKeys = {
  message: (orgId: OrgId, appId: AppId, messageId: MessageId): string =>
    `${app(orgId, appId)}#m#${messageId}`,
  attempt: (
    orgId: OrgId,
    appId: AppId,
    messageId: MessageId,
    endpointId: EndpointId,
    trigger: Trigger,
  ): Key => ({
    pk: deliveryKeys.message(orgId, appId, messageId),
    sk: `at#${endpointId}#${triggerText(trigger)}`,
  }),
  /** A canceled delivery: next to the attempts of its endpoint, with a key that no attempt has. */
  canceled: (
    orgId: OrgId,
    appId: AppId,
    messageId: MessageId,
    endpointId: EndpointId,
    trigger: Trigger,
  ): Key => ({
    pk: deliveryKeys.message(orgId, appId, messageId),
    sk: `at#${endpointId}#c#${triggerText(trigger)}`,
  }),
  /** Where an attempt is in the index by time: over eight partitions a message, so that none is hot. */
  byTime: (orgId: OrgId, appId: AppId, messageId: MessageId, id: AttemptId): string =>
    deliveryKeys.timeShard(orgId, appId, messageId, shardOf(id)),
  timeShard: (orgId: OrgId, appId: AppId, messageId: MessageId, shard: number): string =>
    `${app(orgId, appId)}#m#${messageId}#t#${shard}`,
  /** A large response, in a partition of its own: the attempts of a message stay small to read together. */
  response: (orgId: OrgId, appId: AppId, id: AttemptId): Key => ({
    pk: `${app(orgId, appId)}#r#${id}`,
    sk: 'response',
  }),
  /** Written when a resend succeeded: ends the message's retry schedule for that endpoint. */
  ended: (orgId: OrgId, appId: AppId, messageId: MessageId, endpointId: EndpointId): Key => ({
    pk: deliveryKeys.message(orgId, appId, messageId),
    sk: `end#${endpointId}`,
  }),
};

export const viewKeys = {
  endpointAttempts: (orgId: OrgId, appId: AppId, endpointId: EndpointId, shard: number): string =>
    `${app(orgId, appId)}#e#${endpointId}#at#${shard}`,
  endpointMessages: (orgId: OrgId, appId: AppId, endpointId: EndpointId, shard: number): string =>
    `${app(orgId, appId)}#e#${endpointId}#m#${shard}`,
  /** Hourly counts of attempts; the sort key is the hour in ISO 8601. */
  endpointHours: (orgId: OrgId, appId: AppId, endpointId: EndpointId): string =>
    `${app(orgId, appId)}#e#${endpointId}#hours`,
  /** Hours of every tenant that wait to be counted, oldest first: a family of keys that begins with no tenant. */
  dirtyHours: (shard: number): string => `hours#${shard}`,
};

const unescape = (text: string) => text.replaceAll('%23', '#').replaceAll('%25', '%');
const OF_ENDPOINT = /^o#([^#]*)#a#([^#]*)#e#([^#]*)#(?:(at|m)#\d+|hours)$/;

/** Parses the key of an endpoint's read model; undefined for any other key. */
export const readViewKey = ({ pk, sk }: Key) => {
  const [, o, a, e, kind] = OF_ENDPOINT.exec(pk) ?? [];
  if (o === undefined || a === undefined || e === undefined) return undefined;
  const family = kind === 'at' ? 'endpoint-attempts' : kind === 'm' ? 'endpoint-messages' : 'endpoint-hours';
  const place = { orgId: orgId(unescape(o)), appId: appId(unescape(a)), endpointId: endpointId(e) };
  return { family, ...place, name: sk } as const;
};

const OF_MESSAGE = /^o#([^#]*)#a#([^#]*)#m#([^#]*)$/;
const OF_DELIVERY = /^at#([^#]*)#/;

/** Parses the key of a message (the last part of its `pk` is a shard); undefined for any other key. */
export const readMessageKey = ({ pk, sk }: Key) => {
  const [, o, a] = OF_MESSAGE.exec(pk) ?? [];
  if (o === undefined || a === undefined) return undefined;
  return { orgId: orgId(unescape(o)), appId: appId(unescape(a)), messageId: messageId(sk) };
};

/** Parses the key of an attempt or of a canceled delivery in the log; undefined for any other key. */
export const readDeliveryKey = ({ pk, sk }: Key) => {
  const [, o, a, m] = OF_MESSAGE.exec(pk) ?? [];
  const [, e] = OF_DELIVERY.exec(sk) ?? [];
  if (o === undefined || a === undefined || m === undefined || e === undefined) return undefined;
  const tenant = { orgId: orgId(unescape(o)), appId: appId(unescape(a)) };
  return { ...tenant, messageId: messageId(m), endpointId: endpointId(e) };
};

export const controlKeys = {
  idempotency: (orgId: OrgId, digest: string): Key => ({ pk: `${org(orgId)}#idem#${digest}`, sk: 'idem' }),
  /** Work that is done once for the repeats of a record. */
  work: (orgId: OrgId, name: string): Key => ({ pk: `${org(orgId)}#work#${escape(name)}`, sk: 'work' }),
  /** A token of an application that was ended, until it expires. */
  endedToken: (orgId: OrgId, appId: AppId, id: string): Key => ({
    pk: `${app(orgId, appId)}#token#${escape(id)}`,
    sk: 'token',
  }),
  /** Marks of the tokens of a session. */
  session: (orgId: OrgId, appId: AppId, id: string): Key => ({
    pk: `${app(orgId, appId)}#session#${escape(id)}`,
    sk: 'session',
  }),
  /** All tasks of an organization share a partition: they are few, and progress is written once a page. */
  task: (orgId: OrgId, id: string): Key => ({ pk: `${org(orgId)}#tasks`, sk: id }),
  /** The result of a task, in parts: no row of the partition that lists tasks. */
  taskResult: (orgId: OrgId, id: string, part: number): Key => ({
    pk: `${org(orgId)}#task#${id}`,
    sk: `part#${numberText(part)}`,
  }),
  /** Decides which of two records with one identity may send. */
  duplicate: (orgId: OrgId, identity: string): Key => ({
    pk: `${org(orgId)}#duplicate#${identity}`,
    sk: 'duplicate',
  }),
  /** Due items of one minute, of all tenants: these keys begin with the time, not the tenant. */
  due: (minute: number, shard: number): string => `due#${minute}#${shard}`,
  /** The health of a failing or slow endpoint; healthy ones have no row. */
  health: (orgId: OrgId, appId: AppId, endpointId: EndpointId): Key => ({
    pk: `${app(orgId, appId)}#e#${endpointId}#health`,
    sk: 'health',
  }),
  /** Until when lanes are crowded, in several copies. */
  crowding: (shard: number): Key => ({ pk: `lanes#crowding#${shard}`, sk: 'crowding' }),
  /** Batches of a lane that had an old request, in one window of some seconds. */
  oldRequests: (lane: string, window: number): Key => ({
    pk: `lanes#${lane}#old-requests`,
    sk: `window#${numberText(window)}`,
  }),
  /** Parked deliveries of an endpoint, by their deadline. */
  parked: (orgId: OrgId, appId: AppId, endpointId: EndpointId, shard: number): string =>
    `${app(orgId, appId)}#e#${endpointId}#parked#${shard}`,
  /** The throttle of an endpoint; null: of its application. */
  throttle: (orgId: OrgId, appId: AppId, endpointId: EndpointId | null): Key => ({
    pk: `${app(orgId, appId)}${endpointId === null ? '' : `#e#${endpointId}`}#throttle`,
    sk: 'throttle',
  }),
  /** The rate limit of test attempts of an application. */
  testAttempts: (orgId: OrgId, appId: AppId): Key => ({
    pk: `${app(orgId, appId)}#test-attempts`,
    sk: 'rate-limit',
  }),
  /** The publish rate limit of an application; null: of its organization. */
  publishRateLimit: (orgId: OrgId, appId: AppId | null): Key => ({
    pk: `${appId === null ? org(orgId) : app(orgId, appId)}#publish-rate-limit`,
    sk: 'rate-limit',
  }),
  /** The progress of a rebuild, by the read models that it rebuilds. */
  rebuild: (views: string, place: string): Key => ({ pk: `rebuild#${views}`, sk: place }),
  /** How far the encryption with a new main secret came, by kind of values. */
  reencryption: (kind: string): Key => ({ pk: 'reencryption', sk: kind }),
  /** The progress of a wipe, by what the command was given. */
  wipe: (request: string, place: string): Key => ({ pk: `wipe#${request}`, sk: place }),
  sweepLease: (): Key => ({ pk: 'sweep', sk: 'lease' }),
  /** The last failure of a queue's record, which explains the record in the dead-letter queue. */
  lastError: (queue: string, record: string): Key => ({ pk: `failed#${queue}#${record}`, sk: 'last' }),
  /** How often workers started on a queue's record that was received before. */
  starts: (queue: string, record: string): Key => ({ pk: `failed#${queue}#${record}`, sk: 'starts' }),
  /** Audit log of what operators did with dead-lettered messages, by day and instant. */
  audit: (day: string, name: string): Key => ({ pk: `audit#${day}`, sk: name }),
};
