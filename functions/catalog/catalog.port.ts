import type { Application } from './applications/application.domain.ts';
import type { ApplicationFields } from './applications/application-fields.ts';
import type { AppId, EndpointId, OrgId } from '../platform/ids/brand.domain.ts';
import type { Endpoint } from './endpoints/endpoint.domain.ts';
import type { EndpointFields } from './endpoints/endpoint-fields.ts';
import type { EventType } from './event-types/event-type.domain.ts';
import type { EventTypeFields } from './event-types/event-type-fields.ts';
import type { OrganizationSettings, SettingsOverrides } from './settings/settings.domain.ts';
import type { StoredResponse } from '../idempotency/run-once.flow.ts';
import type { EndpointLimits } from '../platform/limits/endpoints.domain.ts';
import type { TokenMarks } from './tokens/token-marks.domain.ts';
import type { Page, PageRequest } from '../platform/pages/page.ts';

/**
 * The port to the Catalog: the configuration of organizations. Every write is one transaction that also renews the
 * revision of the application (or organization), which invalidates cached snapshots. Reads are strong.
 */

export type { ApplicationFields, EndpointFields };
export type EndpointChanges = Partial<
  EndpointFields & Pick<Endpoint, 'failSince' | 'disabledReason' | 'headers' | 'secret' | 'oldSecrets'>
>;

/** `conflict`: the uid or name belongs to another item. `not-found`: the item was deleted or never existed. */
export type Written<Item> = { readonly kind: 'written'; readonly item: Item };
export type Conflict = { readonly kind: 'conflict' };
export type NotFound = { readonly kind: 'not-found' };
/** The write would exceed a limit of the application's endpoints: `which` one, and its value `most`. */
export type LimitReached = {
  readonly kind: 'limit-reached';
  readonly which: keyof EndpointLimits;
  readonly most: number;
};

/**
 * The response to store in the transaction that creates an item. If the lock was lost, `create` throws LockLost and
 * writes nothing.
 */
export type StoredResponseOf<Item> = (item: Item) => StoredResponse;

export interface ApplicationStore {
  create(
    application: Application,
    storedResponseOf?: StoredResponseOf<Application>,
  ): Promise<Written<Application> | Conflict>;
  /** By id or uid; deleted ones are not found. */
  find(orgId: OrgId, idOrUid: string): Promise<Application | undefined>;
  list(orgId: OrgId, page: PageRequest): Promise<Page<Application>>;
  change(
    orgId: OrgId,
    id: AppId,
    changes: Partial<ApplicationFields>,
    nowMs: number,
  ): Promise<Written<Application> | Conflict | NotFound>;
  /** Marks it deleted and frees its uid. Its messages and endpoints stay stored. */
  remove(orgId: OrgId, id: AppId, nowMs: number): Promise<Written<Application> | NotFound>;
}

export interface EndpointStore {
  /** `not-found`: the application was deleted. Absent limits: the hard ones apply. */
  create(
    endpoint: Endpoint,
    storedResponseOf?: StoredResponseOf<Endpoint>,
    limits?: EndpointLimits,
  ): Promise<Written<Endpoint> | Conflict | NotFound | LimitReached>;
  find(orgId: OrgId, appId: AppId, idOrUid: string): Promise<Endpoint | undefined>;
  /** Includes deleted endpoints, since their attempts are still listed. Unknown ids are left out. */
  findMany(orgId: OrgId, appId: AppId, ids: readonly EndpointId[]): Promise<readonly Endpoint[]>;
  list(orgId: OrgId, appId: AppId, page: PageRequest): Promise<Page<Endpoint>>;
  /**
   * `change(current)` decides from the stored endpoint, and is called again if another writer changed it meanwhile. If it
   * returns undefined, the result is `refused`. Limits apply to writes that grow an endpoint, never to others.
   */
  change(
    orgId: OrgId,
    appId: AppId,
    id: EndpointId,
    change: (current: Endpoint) => EndpointChanges | undefined,
    nowMs: number,
    limits?: EndpointLimits,
  ): Promise<Written<Endpoint> | Conflict | NotFound | LimitReached | { readonly kind: 'refused' }>;
  remove(orgId: OrgId, appId: AppId, id: EndpointId, nowMs: number): Promise<Written<Endpoint> | NotFound>;
}

export interface EventTypeStore {
  /**
   * `conflict`: an event type of that name exists and is not archived. An archived one is overwritten and unarchived.
   */
  create(
    eventType: EventType,
    storedResponseOf?: StoredResponseOf<EventType>,
  ): Promise<Written<EventType> | Conflict>;
  find(orgId: OrgId, name: string): Promise<EventType | undefined>;
  /** In the order of names. */
  list(
    orgId: OrgId,
    page: Pick<PageRequest, 'limit' | 'cursor'>,
    filter: (eventType: EventType) => boolean,
  ): Promise<Page<EventType>>;
  /** Those of the names that exist and are not archived. */
  known(orgId: OrgId, names: readonly string[]): Promise<ReadonlySet<string>>;
  put(eventType: EventType): Promise<{ readonly kind: 'created' | 'updated'; readonly item: EventType }>;
  change(
    orgId: OrgId,
    name: string,
    changes: Partial<EventTypeFields>,
    nowMs: number,
  ): Promise<Written<EventType> | NotFound>;
  /**
   * Changes event types one by one: `change` decides by the stored one, and leaves it as it is if it returns undefined. A few
   * of them are one transaction; after a failure the earlier ones are changed.
   */
  writeMany(
    orgId: OrgId,
    names: readonly string[],
    change: (name: string, current: EventType | undefined) => EventType | undefined,
  ): Promise<void>;
  /** Hard delete. */
  expunge(orgId: OrgId, name: string): Promise<{ readonly kind: 'removed' } | NotFound>;
}

export interface SettingsStore {
  overrides(orgId: OrgId): Promise<SettingsOverrides>;
  /** Changes only the settings that are given; null resets one to the stage's default. */
  change(
    orgId: OrgId,
    changes: {
      readonly [Name in keyof OrganizationSettings]?: OrganizationSettings[Name] | null | undefined;
    },
  ): Promise<SettingsOverrides>;
}

/** A live endpoint whose row cannot be parsed: what could be read of its filters, and the reason. */
export type UnreadableEndpoint = Pick<Endpoint, 'id' | 'disabled' | 'eventTypes' | 'channels'> & {
  readonly reason: string;
};

/** A snapshot of an application with its live endpoints and the settings in force. */
export interface Tenant {
  readonly application: Application;
  readonly endpoints: readonly Endpoint[];
  /** Absent: every endpoint could be read. Look up single endpoints with `findEndpoint`, which throws for these. */
  readonly unreadable?: readonly UnreadableEndpoint[];
  readonly settings: OrganizationSettings;
  /** The marks of the organization's tokens; absent: there are none. */
  readonly tokenMarks?: TokenMarks;
  /** Changes with every change of a schema of the organization's event types; absent: none has a schema. */
  readonly schemasRevision?: bigint;
}

export interface TenantKey {
  readonly orgId: OrgId;
  readonly appId: AppId;
}

/**
 * Cached snapshots, each validated by a strong read of its revision, so that acknowledged changes are always visible.
 */
export interface Tenants {
  /** Finds an application by id or uid, with one strong read if it is cached; undefined: there is none. */
  resolve(orgId: OrgId, idOrUid: string): Promise<Tenant | undefined>;
  /** Loads many applications, in the order of the keys; undefined where one was deleted. */
  load(keys: readonly TenantKey[]): Promise<readonly (Tenant | undefined)[]>;
}

/**
 * Snapshots for batches of several tenants. An application that cannot be read rejects only its own result, after a short
 * backoff. `part` selects what to keep of each snapshot, so that a batch never holds many large applications in memory.
 */
export interface SettledTenants {
  loadSettled<Of extends TenantKey, Part>(
    keys: readonly Of[],
    part: (tenant: Tenant | undefined, key: Of) => Part,
  ): Promise<readonly PromiseSettledResult<Part>[]>;
}
