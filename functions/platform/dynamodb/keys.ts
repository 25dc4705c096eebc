import { appId, endpointId, orgId } from '../ids/brand.domain.ts';
import type { AppId, EndpointId, MessageId, OrgId } from '../ids/brand.domain.ts';
import type { AttemptOutcome, Trigger } from '../ids/trigger.domain.ts';

/**
 * Every key of every table. Each begins with the tenant; none is only a tenant where traffic writes. What comes from
 * outside and may hold the separator is escaped, so one tenant can never spell another's key.
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Copies of a revision, so that reads of a hot one spread: one key serves 3,000 reads a second. */
export const REVISION_COPIES = 4;

/** Partitions that a hot application's messages, or a hot endpoint's rows, spread over: 1,000 writes a second each. */
export const SHARDS = 8;

/** Of an endpoint's attempts the canceled ones are few, and have partitions of their own, so that they can be counted. */
const CANCELED_SHARDS = 2;

/** The partitions of the list of an endpoint's attempts that hold these outcomes, by their first and their number. */
export const attemptShards = (outcomes: readonly AttemptOutcome[] | null) => {
  const canceled = outcomes === null || outcomes.includes('canceled');
  const tried = outcomes === null || outcomes.some((outcome) => outcome !== 'canceled');
  return {
    first: tried ? 0 : SHARDS,
    count: (tried ? SHARDS : 0) + (canceled ? CANCELED_SHARDS : 0),
  };
};

const escape = (text: string) => text.replaceAll(/[%#]/g, (character) => (character === '#' ? '%23' : '%25'));
const org = (id: OrgId) => `o#${escape(id)}`;
const app = (orgId: OrgId, id: AppId) => `${org(orgId)}#a#${escape(id)}`;

/** FNV-1a over the random tail of an id: spreads ids evenly and for ever the same. */
export const shardOf = (id: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % SHARDS;
};

/** Which of those partitions an attempt is in. */
export const attemptShardOf = (id: string, outcome: AttemptOutcome): number =>
  outcome === 'canceled' ? SHARDS + (shardOf(id) % CANCELED_SHARDS) : shardOf(id);

export const catalogKeys = {
  settings: (orgId: OrgId): Key => ({ pk: org(orgId), sk: 'settings' }),
  settingsRevision: (orgId: OrgId, copy: number): Key => ({ pk: `${org(orgId)}#rev#${copy}`, sk: 'rev' }),
  /** All applications of an organization, for lists; the item under `application` is the one that counts. */
  applicationListing: (orgId: OrgId, id: string): Key => ({ pk: `${org(orgId)}#apps`, sk: id }),
  applicationUid: (orgId: OrgId, uid: string): Key => ({ pk: `${org(orgId)}#uid#${escape(uid)}`, sk: 'uid' }),
  application: (orgId: OrgId, id: AppId): Key => ({ pk: app(orgId, id), sk: 'app' }),
  applicationRevision: (orgId: OrgId, id: AppId, copy: number): Key => ({
    pk: `${app(orgId, id)}#rev#${copy}`,
    sk: 'rev',
  }),
  endpoint: (orgId: OrgId, appId: AppId, id: string): Key => ({ pk: app(orgId, appId), sk: `ep#${id}` }),
  /** Deleted ones step aside, so that reads of the live ones stay as small as those are. */
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

/** Four digits keep the order of numbers in the order of text. */
const numberText = (number: number) => String(number).padStart(4, '0');

/** Keys of one schedule have one prefix, and end in the attempt number. */
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
  /** A canceled delivery: beside the attempts of its endpoint, and never in the place of one. */
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
  /** Written when a resend succeeded: the schedule of that endpoint is over for this message. */
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
  /** Counts of attempts; the sort key is the hour, as ISO 8601 writes it. */
  endpointHours: (orgId: OrgId, appId: AppId, endpointId: EndpointId): string =>
    `${app(orgId, appId)}#e#${endpointId}#hours`,
  /** Hours of every tenant that wait to be counted, oldest first: a family of keys that begins with no tenant. */
  notedHours: (shard: number): string => `hours#${shard}`,
};

const unescape = (text: string) => text.replaceAll('%23', '#').replaceAll('%25', '%');
const OF_ENDPOINT = /^o#([^#]*)#a#([^#]*)#e#([^#]*)#(?:(at|m)#\d+|hours)$/;

/** Which read model a key belongs to, and what it names; undefined: none of an endpoint's. */
export const readViewKey = ({ pk, sk }: Key) => {
  const [, o, a, e, kind] = OF_ENDPOINT.exec(pk) ?? [];
  if (o === undefined || a === undefined || e === undefined) return undefined;
  const family = kind === 'at' ? 'endpoint-attempts' : kind === 'm' ? 'endpoint-messages' : 'endpoint-hours';
  const place = { orgId: orgId(unescape(o)), appId: appId(unescape(a)), endpointId: endpointId(e) };
  return { family, ...place, name: sk } as const;
};

export const controlKeys = {
  idempotency: (orgId: OrgId, digest: string): Key => ({ pk: `${org(orgId)}#idem#${digest}`, sk: 'idem' }),
  /** All tasks of an organization: they are few, and their progress is written once a page. */
  task: (orgId: OrgId, id: string): Key => ({ pk: `${org(orgId)}#tasks`, sk: id }),
  /** Which of two records with one identity may send (flows/follow-up.ts). */
  duplicate: (orgId: OrgId, identity: string): Key => ({
    pk: `${org(orgId)}#duplicate#${identity}`,
    sk: 'duplicate',
  }),
  /** What is due in a minute, of every tenant: the one family of keys that begins with time. */
  due: (minute: number, shard: number): string => `due#${minute}#${shard}`,
  /** What is remembered of an endpoint in trouble; there is none of healthy ones. */
  health: (orgId: OrgId, appId: AppId, endpointId: EndpointId): Key => ({
    pk: `${app(orgId, appId)}#e#${endpointId}#health`,
    sk: 'health',
  }),
  /** Deliveries that wait for an endpoint, by their deadline. */
  parked: (orgId: OrgId, appId: AppId, endpointId: EndpointId, shard: number): string =>
    `${app(orgId, appId)}#e#${endpointId}#parked#${shard}`,
  /** The line of slots of an endpoint; null: of its application. */
  throttle: (orgId: OrgId, appId: AppId, endpointId: EndpointId | null): Key => ({
    pk: `${app(orgId, appId)}${endpointId === null ? '' : `#e#${endpointId}`}#line`,
    sk: 'line',
  }),
  /** The line of publishes of an application; null: of its organization. */
  publishes: (orgId: OrgId, appId: AppId | null): Key => ({
    pk: `${appId === null ? org(orgId) : app(orgId, appId)}#publishes`,
    sk: 'line',
  }),
  /** Where a rebuild of read models stands, by the models it is about. */
  rebuild: (views: string, place: string): Key => ({ pk: `rebuild#${views}`, sk: place }),
  sweepLease: (): Key => ({ pk: 'sweep', sk: 'lease' }),
  /** Why a record of a queue failed last, for whoever finds it among the dead letters. */
  lastError: (queue: string, record: string): Key => ({ pk: `failed#${queue}#${record}`, sk: 'last' }),
  /** What operators did to dead letters, by day and instant. */
  audit: (day: string, name: string): Key => ({ pk: `audit#${day}`, sk: name }),
};
