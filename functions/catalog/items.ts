import * as z from 'zod';
import { appId, endpointId, orgId } from '../platform/ids/brand.domain.ts';
import { APPLICATION_FIELDS } from './applications/application-fields.ts';
import type { Application } from './applications/application.domain.ts';
import { ENDPOINT_FIELDS } from './endpoints/endpoint-fields.ts';
import type { Endpoint } from './endpoints/endpoint.domain.ts';
import { storedEventTypeFields } from './event-types/event-type-fields.ts';
import type { EventType } from './event-types/event-type.domain.ts';
import { eachField, textMap } from './fields.ts';
import type { SettingsOverrides } from './settings/settings.domain.ts';
import { DELETED_ROW_SECONDS } from '../platform/limits/retention.domain.ts';
import { eachSetting } from '../platform/settings/organization-settings.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import type { Row } from '../platform/dynamodb/table.ts';

/** The format version of all Catalog items. A release reads its own version and the previous one. */
export const VERSION = 1;

/**
 * An item as stored. Each write draws a new random `rev`, so an equal `rev` means that the item was not written since.
 */
export interface Stored<Item> {
  readonly item: Item;
  readonly rev: bigint;
  readonly deletedAt: number | null;
}

type ItemType = 'app' | 'listing' | 'ep' | 'uid' | 'evtype' | 'seeded' | 'settings' | 'rev' | 'tokens';

export const row = (key: Key, type: ItemType, attributes: Row): Row => ({
  ...attributes,
  ...key,
  v: VERSION,
  type,
});

const stamp = z.object({ v: z.number(), type: z.string() });

const reader =
  <Item>(types: readonly ItemType[], schema: z.ZodType<Item>) =>
  (stored: Row): Item => {
    const { v, type } = stamp.parse(stored);
    if (v !== VERSION)
      throw new Error(`Catalog item "${type}" has format version ${v}; this release reads ${VERSION}`);
    if (!types.some((name) => name === type))
      throw new Error(`Catalog item has type "${type}" instead of "${types.join()}"`);
    return schema.parse(stored);
  };

/** 64-bit numbers and sums of them; unmarshall returns large ones as bigint. */
const big = z.union([z.number(), z.bigint()]).transform(BigInt);

const version = { rev: big, deletedAt: z.number().nullable() };
const strings = z.array(z.string()).nullable();

const stored = <Item>({ rev, deletedAt, ...item }: Item & Omit<Stored<unknown>, 'item'>) => ({
  item,
  rev,
  deletedAt,
});

const applicationForm = z.object(eachField(APPLICATION_FIELDS, 'stored'));

const application = z
  .object({
    orgId: z.string().transform(orgId),
    id: z.string().transform(appId),
    ...applicationForm.shape,
    createdAt: z.number(),
    updatedAt: z.number(),
    ...version,
  })
  .transform(stored);

const secret = z.object({ sealed: z.instanceof(Uint8Array), expiresAt: z.number().nullable() });

const offSpan = z.object({
  since: z.number(),
  until: z.number().nullable(),
  reason: z.enum(['failing', 'gone', 'receiver', 'owner']),
});

const endpointForm = z.object({ ...eachField(ENDPOINT_FIELDS, 'stored'), headers: textMap() });

const endpoint = z
  .object({
    orgId: z.string().transform(orgId),
    appId: z.string().transform(appId),
    id: z.string().transform(endpointId),
    ...endpointForm.shape,
    failSince: z.number().nullable(),
    disabledReason: z.enum(['failing', 'gone', 'receiver']).nullable().exactOptional(),
    lastDisabledAt: z.number().nullable(),
    offSpans: z.array(offSpan).exactOptional(),
    healthFrom: z.number().exactOptional(),
    secret,
    oldSecrets: z.array(secret),
    createdAt: z.number(),
    updatedAt: z.number(),
    ...version,
  })
  .transform(stored);

const eventType = z
  .object({
    orgId: z.string().transform(orgId),
    name: z.string(),
    ...storedEventTypeFields.shape,
    createdAt: z.number(),
    updatedAt: z.number(),
    ...version,
  })
  .transform(stored);

export const cutoffs = z.array(z.object({ issuedUntil: z.number(), voidFrom: z.number() }));
const tokenMarks = z.object({
  cutoffs,
  revoked: z.array(z.object({ id: z.string(), until: z.number().nullable() })),
});

const overrides: z.ZodType<SettingsOverrides> = z.object(eachSetting('stored'));

export const readApplication: (item: Row) => Stored<Application> = reader(['app', 'listing'], application);
export const readEndpoint: (item: Row) => Stored<Endpoint> = reader(['ep'], endpoint);
/** Parses each field independently. A filter that cannot be read counts as none, so that it drops no message. */
const endpointFacts = z.object({
  disabled: z.boolean().catch(false),
  eventTypes: strings.catch(null),
  channels: strings.catch(null),
  rev: big.catch(0n),
});
export const readEndpointFacts = (item: Row): z.output<typeof endpointFacts> => endpointFacts.parse(item);
export const readEventType: (item: Row) => Stored<EventType> = reader(['evtype'], eventType);
export const readOverrides = (values: Row): SettingsOverrides => overrides.parse(values);
export const readSettings = reader(['settings'], z.object({ rev: big, overrides }));
/** Names of event types that were created from the defaults once. */
export const readSeeded = reader(['seeded'], z.object({ rev: big, names: z.array(z.string()) }));
/** The marks of an organization's tokens. */
export const readTokenMarks = reader(['tokens'], z.object({ rev: big, marks: tokenMarks }));
/** The marks of an application's tokens. */
export const readCutoffs = reader(['tokens'], z.object({ rev: z.number(), cutoffs }));
/** The id of the application or endpoint that has a uid. */
export const readReservation = reader(['uid'], z.object({ id: z.string() }));
/**
 * The revision of settings (absent: the organization has not changed any), the marks of its tokens and the revision of the
 * schemas of its event types (absent: no event type has any), which publish reads with it and which leave it as it is.
 */
export const readSettingsRevision = reader(
  ['rev'],
  z.object({
    revision: big.exactOptional(),
    tokenMarks: tokenMarks.exactOptional(),
    schemas: big.exactOptional(),
  }),
);
/** The revision of an application: the sum of the `rev`s of its item and its live endpoints. */
export const readRevision = reader(
  ['rev'],
  z.object({
    revision: big,
    deleted: z.boolean().exactOptional(),
    endpointCount: z.number().default(0),
    endpointBytes: z.number().default(0),
  }),
);

/** When DynamoDB deletes the row of what was deleted (seconds since 1970). */
export const expiryOf = (deletedAt: number): number => Math.ceil(deletedAt / 1_000) + DELETED_ROW_SECONDS;

/** Rows of what exists have no `ttl`. */
const expiry = (deletedAt: number | null): Row => (deletedAt === null ? {} : { ttl: expiryOf(deletedAt) });

export const applicationAttributes = (
  item: Application,
  rev: bigint,
  deletedAt: number | null = null,
): Row => ({ ...item, ...z.encode(applicationForm, item), rev, deletedAt, ...expiry(deletedAt) });

export const endpointAttributes = (item: Endpoint, rev: bigint, deletedAt: number | null = null): Row => ({
  ...{ ...item, ...z.encode(endpointForm, item), rev, deletedAt },
  ...expiry(deletedAt),
});

export const eventTypeAttributes = (item: EventType, rev: bigint): Row => ({ ...item, rev, deletedAt: null });
