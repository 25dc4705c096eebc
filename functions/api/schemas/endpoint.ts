import * as z from 'zod';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { ENDPOINT_FIELDS } from '../../catalog/endpoints/endpoint-fields.ts';
import type { EndpointFields } from '../../catalog/endpoints/endpoint-fields.ts';
import { eachField, pickFields } from '../../catalog/fields.ts';
import type { Sender } from '../../catalog/fields.ts';
import { SECRET_CHARS } from '../../platform/limits/requests.domain.ts';
import { parseSecret } from '../../deliver/signing/endpoint-secret.ts';
import { instant } from '../wire/json.ts';
import { memoize } from '../memoize.ts';
import { wireRules } from '../../platform/wire/wire-rules.ts';
import { allHeaders } from './endpoint-headers.ts';
import { oldRate, throttleRateOf, withoutOldRate } from './throttle-rate.ts';
import type { Rates } from './throttle-rate.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

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

const OLD_EVENT_TYPES = { alias: 'filterTypes' };

/** In the contract's order: it reads an array as the fields in their order (wire/decoders.ts). */
const replacement = (sender: Sender) => {
  const fields = eachField(ENDPOINT_FIELDS, 'replacement', sender);
  fields.eventTypes.register(wireRules, OLD_EVENT_TYPES);
  const first = { description: fields.description, rateLimit: oldRate.replacement() };
  return { ...first, ...fields };
};

/** Endpoints that get operational webhooks have no fields that concern only an application's messages. */
const operational = () => {
  const { version: _version, channels: _channels, ...fields } = eachField(ENDPOINT_FIELDS, 'replacement');
  const first = { url: fields.url, description: fields.description, rateLimit: oldRate.replacement() };
  return { ...first, ...fields };
};

const createOnly = () => ({
  secret: secret().nullish(),
  headers: allHeaders().nullish().meta({ description: 'Sent with every message, besides the signature' }),
});

export const operationalEndpointUpsert = component('OperationalWebhookEndpointUpsertIn', operational);
export const operationalEndpointIn = component('OperationalWebhookEndpointIn', () => ({
  ...operational(),
  ...createOnly(),
}));

const update = (sender: Sender) => z.object(replacement(sender)).meta({ id: 'EndpointUpdate' });
const create = (sender: Sender) =>
  z.object({ ...replacement(sender), ...createOnly() }).meta({ id: 'EndpointIn' });

export const endpointUpdate = memoize(() => update('organization'));
export const endpointIn = memoize(() => create('organization'));
/** The bodies that application tokens may send. */
export const portalEndpointUpdate = memoize(() => update('application'));
export const portalEndpointIn = memoize(() => create('application'));

const NOT_OPERATIONAL = { version: 1, channels: null };

/** The fields of an endpoint from a body. */
export const endpointFields = (
  body: Omit<EndpointFields, keyof typeof NOT_OPERATIONAL> & Partial<EndpointFields> & Rates,
): EndpointFields =>
  pickFields(ENDPOINT_FIELDS, {
    ...NOT_OPERATIONAL,
    ...body,
    throttleRate: throttleRateOf(body),
  });

const patch = (sender: Sender) => {
  const fields = eachField(ENDPOINT_FIELDS, 'patch', sender);
  fields.eventTypes.register(wireRules, OLD_EVENT_TYPES);
  const first = { description: fields.description, rateLimit: oldRate.patch() };
  return z.object({ ...first, ...fields }).meta({ id: 'EndpointPatch' });
};

export const endpointPatch = memoize(() => patch('organization'));
export const portalEndpointPatch = memoize(() => patch('application'));

export const endpointChanges = (body: ValueOf<typeof endpointPatch>): Partial<EndpointFields> =>
  withoutOldRate(body);

export const endpointOut = memoize(() => {
  const shown = eachField(ENDPOINT_FIELDS, 'shown');
  return z
    .object({
      id: z.string().meta({ examples: ['ep_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
      ...shown,
      rateLimit: shown.throttleRate.meta({ deprecated: true }),
      filterTypes: shown.eventTypes.meta({ deprecated: true }),
      createdAt: z.string().meta({ format: 'date-time' }),
      updatedAt: z.string().meta({ format: 'date-time' }),
    })
    .meta({ id: 'EndpointOut' });
});

export const printEndpoint = (endpoint: Endpoint): ValueOf<typeof endpointOut> => ({
  id: endpoint.id,
  ...pickFields(ENDPOINT_FIELDS, endpoint),
  rateLimit: endpoint.throttleRate,
  filterTypes: endpoint.eventTypes,
  createdAt: instant(endpoint.createdAt),
  updatedAt: instant(endpoint.updatedAt),
});

export const operationalEndpointOut = memoize(() =>
  endpointOut()
    .omit({ rateLimit: true, version: true, filterTypes: true, channels: true })
    .meta({ id: 'OperationalWebhookEndpointOut' }),
);

export const printOperationalEndpoint = (endpoint: Endpoint): ValueOf<typeof operationalEndpointOut> => {
  const {
    rateLimit: _rate,
    version: _version,
    filterTypes: _types,
    channels: _channels,
    ...shown
  } = printEndpoint(endpoint);
  return shown;
};

export const endpointSecretOut = component('EndpointSecretOut', () => ({ key: z.string() }));
