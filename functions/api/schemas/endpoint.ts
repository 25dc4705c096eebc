import * as z from 'zod';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { normalizeUrl } from '../../catalog/endpoints/endpoint-url.domain.ts';
import type { EndpointFields } from '../../catalog/catalog.port.ts';
import { MOST_ENDPOINT_CHANNELS, SECRET_CHARS, URL_BYTES } from '../../platform/limits/requests.domain.ts';
import { parseSecret } from '../../deliver/signing/endpoint-secret.ts';
import { freeText, metadata, name, nameSet, positive16, uid } from '../wire/fields.ts';
import { instant } from '../wire/json.ts';
import { memoize } from '../memoize.ts';
import { wireRules } from '../wire/wire-rules.ts';
import { allHeaders } from './endpoint-headers.ts';

const THROTTLE = { description: 'Maximum messages per second to send to this endpoint.' };
const OLD_THROTTLE = { description: 'Old name of throttleRate', deprecated: true };
const VERSION = { description: 'Ignored, but kept for old clients', deprecated: true };

const INVALID_URL = 'invalid URL, expected an absolute one such as https://example.com/webhooks';

const isWebUrl = (text: string) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '');

/** A URL, stored as WHATWG normalizes it: host in lower case, a path of at least `/`. */
const url = () =>
  z
    .string()
    .superRefine((text, context) => {
      if (!isWebUrl(text)) context.addIssue('Endpoint URL schemes must be http or https');
      const stored = URL.parse(text)?.href ?? text; // percent-encoding makes it up to nine times as long
      if (Buffer.byteLength(stored) > URL_BYTES)
        context.addIssue(`Endpoint URLs have at most ${URL_BYTES} bytes, percent-encoded`);
    })
    .meta({ format: 'uri', maxLength: URL_BYTES })
    .register(wireRules, {
      refuse: (text) => (typeof text === 'string' && !URL.canParse(text) ? INVALID_URL : undefined),
    })
    .transform(normalizeUrl);

/** `whsec_…` or `whsk_…`. A malformed secret is a decoding error, a wrong length a validation error. */
export const secret = () =>
  z
    .string()
    .superRefine((text, context) => {
      const parsed = parseSecret(text);
      if (parsed.kind === 'ok') return;
      context.addIssue({ code: 'custom', path: ['__all__'], message: parsed.reason });
    })
    .meta({ examples: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'], maxLength: SECRET_CHARS })
    .register(wireRules, {
      refuse: (text) => {
        if (typeof text === 'string' && text.length > SECRET_CHARS) return 'secret is too long';
        const parsed = typeof text === 'string' ? parseSecret(text) : undefined;
        return parsed?.kind === 'malformed' ? parsed.reason : undefined;
      },
    });

/** `emptyIsAll`: an empty list means all event types, as portals send it while their user has selected none. */
const eventTypes = (emptyIsAll: boolean) =>
  nameSet('eventTypes', name(), { least: emptyIsAll ? 0 : 1 })
    .meta({ description: 'Omit for all' })
    .transform((names): readonly string[] | null => (names.length === 0 ? null : names));
const channels = () => nameSet('channels', name('project_1337'), { most: MOST_ENDPOINT_CHANNELS });
const endpointUid = () => uid('ep_', 'unique-ep-identifier');

const replaceable = (emptyIsAll: boolean) => ({
  description: freeText().default(''),
  rateLimit: positive16(OLD_THROTTLE).nullish(),
  throttleRate: positive16(THROTTLE).nullish(),
  uid: endpointUid().nullish(),
  url: url(),
  version: positive16(VERSION).nullish(),
  disabled: z.boolean().default(false),
  eventTypes: eventTypes(emptyIsAll).nullish().register(wireRules, { alias: 'filterTypes' }),
  channels: channels().nullish(),
  metadata: metadata().optional(),
});

/** The fields of endpoints that get operational webhooks: those that concern only an application's messages are missing. */
const operational = () => ({
  url: url(),
  description: freeText().default(''),
  rateLimit: positive16(OLD_THROTTLE).nullish(),
  throttleRate: positive16(THROTTLE).nullish(),
  uid: endpointUid().nullish(),
  disabled: z.boolean().default(false),
  eventTypes: eventTypes(false).nullish(),
  metadata: metadata().optional(),
});

const createOnly = () => ({
  secret: secret().nullish(),
  headers: allHeaders().nullish().meta({ description: 'Sent with every message, besides the signature' }),
});

export const operationalEndpointUpsert = memoize(() =>
  z.object(operational()).meta({ id: 'OperationalWebhookEndpointUpsertIn' }),
);
export const operationalEndpointIn = memoize(() =>
  z.object({ ...operational(), ...createOnly() }).meta({ id: 'OperationalWebhookEndpointIn' }),
);

const updateWith = (emptyIsAll: boolean) => z.object(replaceable(emptyIsAll)).meta({ id: 'EndpointUpdate' });
const createWith = (emptyIsAll: boolean) =>
  z
    .object({
      ...replaceable(emptyIsAll),
      ...createOnly(),
    })
    .meta({ id: 'EndpointIn' });

export const endpointUpdate = memoize(() => updateWith(false));
export const endpointIn = memoize(() => createWith(false));
/** The bodies that application tokens may send. */
export const portalEndpointUpdate = memoize(() => updateWith(true));
export const portalEndpointIn = memoize(() => createWith(true));

type FieldsBody = Omit<z.output<ReturnType<typeof endpointUpdate>>, 'channels' | 'version'> &
  Partial<Pick<z.output<ReturnType<typeof endpointUpdate>>, 'channels' | 'version'>>;

/** The fields of an endpoint from a body. Absent fields get their defaults. */
export const endpointFields = (body: FieldsBody): EndpointFields => ({
  uid: body.uid ?? null,
  url: body.url,
  description: body.description,
  throttleRate: body.throttleRate ?? body.rateLimit ?? null,
  disabled: body.disabled,
  eventTypes: body.eventTypes ?? null,
  channels: body.channels ?? null,
  metadata: body.metadata ?? {},
  version: body.version ?? 1,
});

const patchWith = (emptyIsAll: boolean) =>
  z
    .object({
      description: z.exactOptional(freeText()),
      rateLimit: z.exactOptional(positive16(OLD_THROTTLE).nullable()),
      throttleRate: z.exactOptional(positive16(THROTTLE).nullable()),
      uid: z.exactOptional(endpointUid().nullable()),
      url: z.exactOptional(url()),
      version: z.exactOptional(positive16(VERSION)),
      disabled: z.exactOptional(z.boolean()),
      eventTypes: z
        .exactOptional(eventTypes(emptyIsAll).nullable())
        .register(wireRules, { alias: 'filterTypes' }),
      channels: z.exactOptional(channels().nullable()),
      metadata: z.exactOptional(metadata().transform((value) => value ?? {})),
    })
    .meta({ id: 'EndpointPatch' });

export const endpointPatch = memoize(() => patchWith(false));
export const portalEndpointPatch = memoize(() => patchWith(true));

export const endpointChanges = (
  body: z.output<ReturnType<typeof endpointPatch>>,
): Partial<EndpointFields> => {
  const { rateLimit: oldRate, ...changes } = body;
  return oldRate === undefined ? changes : { throttleRate: oldRate, ...changes };
};

export const endpointOut = memoize(() =>
  z
    .object({
      id: z.string().meta({ examples: ['ep_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
      uid: z.string().nullable(),
      url: z.string(),
      description: z.string(),
      rateLimit: z.int().nullable().meta({ deprecated: true }),
      throttleRate: z.int().nullable(),
      version: z.int().meta({ deprecated: true }),
      disabled: z.boolean(),
      eventTypes: z.array(z.string()).readonly().nullable(),
      filterTypes: z.array(z.string()).readonly().nullable().meta({ deprecated: true }),
      channels: z.array(z.string()).readonly().nullable(),
      metadata: z.record(z.string(), z.string()),
      createdAt: z.string().meta({ format: 'date-time' }),
      updatedAt: z.string().meta({ format: 'date-time' }),
    })
    .meta({ id: 'EndpointOut' }),
);

export const printEndpoint = (endpoint: Endpoint): z.output<ReturnType<typeof endpointOut>> => ({
  description: endpoint.description,
  rateLimit: endpoint.throttleRate,
  throttleRate: endpoint.throttleRate,
  uid: endpoint.uid,
  url: endpoint.url,
  version: endpoint.version,
  disabled: endpoint.disabled,
  eventTypes: endpoint.eventTypes,
  filterTypes: endpoint.eventTypes,
  channels: endpoint.channels,
  createdAt: instant(endpoint.createdAt),
  updatedAt: instant(endpoint.updatedAt),
  id: endpoint.id,
  metadata: endpoint.metadata,
});

export const operationalEndpointOut = memoize(() =>
  endpointOut()
    .omit({ rateLimit: true, version: true, filterTypes: true, channels: true })
    .meta({ id: 'OperationalWebhookEndpointOut' }),
);

export const printOperationalEndpoint = (
  endpoint: Endpoint,
): z.output<ReturnType<typeof operationalEndpointOut>> => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  throttleRate: endpoint.throttleRate,
  uid: endpoint.uid,
  disabled: endpoint.disabled,
  eventTypes: endpoint.eventTypes,
  createdAt: instant(endpoint.createdAt),
  updatedAt: instant(endpoint.updatedAt),
  metadata: endpoint.metadata,
});

export const endpointSecretOut = memoize(() =>
  z.object({ key: z.string() }).meta({ id: 'EndpointSecretOut' }),
);
