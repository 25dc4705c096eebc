import type { Application } from './applications/application.domain.ts';
import type { AppId, EndpointId, OrgId } from '../platform/ids/brand.domain.ts';
import type { DisabledReason, Endpoint, SealedSecret } from './endpoints/endpoint.domain.ts';
import type { EventType } from './event-types/event-type.domain.ts';
import type { OrganizationSettings, SettingsOverrides } from './settings/settings.domain.ts';
import type { StoredResponse } from '../idempotency/run-once.flow.ts';
import type { EndpointLimits } from '../platform/limits/endpoints.domain.ts';
import type { Page, PageRequest } from '../platform/pages/page.ts';

/**
 * The port to the Catalog: what organizations configured. Every write is one transaction that also renews the
 * application's (or organization's) revision, so that cached snapshots elsewhere are seen to be old. Reads are strong.
 */

export type ApplicationFields = Pick<Application, 'uid' | 'name' | 'throttleRate' | 'metadata'>;
export type EndpointFields = Pick<
  Endpoint,
  | 'uid'
  | 'url'
  | 'description'
  | 'throttleRate'
  | 'disabled'
  | 'eventTypes'
  | 'channels'
  | 'metadata'
  | 'version'
>;
export type EndpointChanges = Partial<EndpointFields> & {
  readonly failSince?: number | null;
  readonly disabledReason?: DisabledReason | null;
  readonly headers?: Endpoint['headers'];
  readonly secret?: SealedSecret;
  readonly oldSecrets?: readonly SealedSecret[];
};

/** `conflict`: the uid belongs to another one. `not-found`: gone, or never there. */
export type Written<Item> = { readonly kind: 'written'; readonly item: Item };
export type Conflict = { readonly kind: 'conflict' };
export type NotFound = { readonly kind: 'not-found' };
/** `which` limit of an application's endpoints the write would pass, and what it is. */
export type LimitReached = {
  readonly kind: 'limit-reached';
  readonly which: keyof EndpointLimits;
  readonly most: number;
};

/** What is stored in the transaction that makes an item: the answer that tells of it. Throws HoldLost with nothing made. */
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
  /** Marks it deleted and frees its uid; its messages and endpoints stay. */
  remove(orgId: OrgId, id: AppId, nowMs: number): Promise<Written<Application> | NotFound>;
}

export interface EndpointStore {
  /** `not-found`: its application is gone. Without limits the hard ones apply. */
  create(
    endpoint: Endpoint,
    storedResponseOf?: StoredResponseOf<Endpoint>,
    limits?: EndpointLimits,
  ): Promise<Written<Endpoint> | Conflict | NotFound | LimitReached>;
  find(orgId: OrgId, appId: AppId, idOrUid: string): Promise<Endpoint | undefined>;
  /** Also deleted ones, for what was once sent to them; absent ids are absent from the answer. */
  findMany(orgId: OrgId, appId: AppId, ids: readonly EndpointId[]): Promise<readonly Endpoint[]>;
  list(orgId: OrgId, appId: AppId, page: PageRequest): Promise<Page<Endpoint>>;
  /**
   * `change(current)` decides on what is stored now and is called again when another writer came first;
   * it may refuse by returning undefined (answer `refused`). Limits hold what grows, never what stays or shrinks.
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
  /** `conflict`: a live one of that name exists; an archived one is overwritten and lives again. */
  create(
    eventType: EventType,
    storedResponseOf?: StoredResponseOf<EventType>,
  ): Promise<Written<EventType> | Conflict>;
  find(orgId: OrgId, name: string): Promise<EventType | undefined>;
  /** In the order of names; `includeArchived` false leaves archived ones out. */
  list(
    orgId: OrgId,
    page: Pick<PageRequest, 'limit' | 'cursor'>,
    filter: (eventType: EventType) => boolean,
  ): Promise<Page<EventType>>;
  /** The names of these that exist and are not archived. */
  known(orgId: OrgId, names: readonly string[]): Promise<ReadonlySet<string>>;
  put(eventType: EventType): Promise<{ readonly kind: 'created' | 'updated'; readonly item: EventType }>;
  change(
    orgId: OrgId,
    name: string,
    changes: Partial<Omit<EventType, 'orgId' | 'name' | 'createdAt' | 'updatedAt'>>,
    nowMs: number,
  ): Promise<Written<EventType> | NotFound>;
  /** Hard delete. */
  expunge(orgId: OrgId, name: string): Promise<{ readonly kind: 'removed' } | NotFound>;
}

export interface SettingsStore {
  overrides(orgId: OrgId): Promise<SettingsOverrides>;
  /** Only what is named changes; null returns to the stage's default. */
  change(
    orgId: OrgId,
    changes: {
      readonly [Name in keyof OrganizationSettings]?: OrganizationSettings[Name] | null | undefined;
    },
  ): Promise<SettingsOverrides>;
}

/** A live endpoint whose row cannot be read as a whole: what is known of whether messages are meant for it, and why. */
export type UnreadableEndpoint = Pick<Endpoint, 'id' | 'disabled' | 'eventTypes' | 'channels'> & {
  readonly reason: string;
};

/** An application with its live endpoints and the settings in force, as of one instant. */
export interface Tenant {
  readonly application: Application;
  readonly endpoints: readonly Endpoint[];
  /** Absent: every endpoint could be read. Look single endpoints up with `findEndpoint`, which knows of these. */
  readonly unreadable?: readonly UnreadableEndpoint[];
  readonly settings: OrganizationSettings;
}

export interface TenantKey {
  readonly orgId: OrgId;
  readonly appId: AppId;
}

/** Cached snapshots, each validated by a strong read of its revision, so an acknowledged change is always seen. */
export interface Tenants {
  /** By id or uid, with one strong read where it is cached; undefined: no such application. */
  resolve(orgId: OrgId, idOrUid: string): Promise<Tenant | undefined>;
  /** Many at once, in the order of the keys; undefined where the application is gone. */
  load(keys: readonly TenantKey[]): Promise<readonly (Tenant | undefined)[]>;
}

/**
 * The same for batches of several tenants: what cannot be read of one rejects that one alone, without a long wait. `part`
 * is taken of each at once and kept instead of it, so that a batch never holds many large applications.
 */
export interface SettledTenants {
  loadSettled<Of extends TenantKey, Part>(
    keys: readonly Of[],
    part: (tenant: Tenant | undefined, key: Of) => Part,
  ): Promise<readonly PromiseSettledResult<Part>[]>;
}
