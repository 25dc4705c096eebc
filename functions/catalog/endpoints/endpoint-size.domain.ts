import type { EndpointLimits } from '../../platform/limits/endpoints.domain.ts';
import type { OrganizationSettings } from '../settings/settings.domain.ts';
import type { Endpoint } from './endpoint.domain.ts';
import type { EndpointFields } from './endpoint-fields.ts';

/** What the service writes does not count, so that disabling an endpoint or rotating its secret never fails. */
const OF_SERVICE: Readonly<Record<Exclude<keyof Endpoint, keyof EndpointFields | 'headers'>, true>> = {
  ...{ orgId: true, appId: true, id: true, createdAt: true, updatedAt: true },
  ...{ secret: true, oldSecrets: true },
  ...{ failSince: true, disabledReason: true, lastDisabledAt: true, offSpans: true, healthFrom: true },
};

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(textsIn) : [];
};

/** The texts that customers choose: URL, description, uid, event types, channels, metadata and headers. */
export const endpointTexts = (endpoint: Endpoint): readonly string[] =>
  Object.entries(endpoint).flatMap(([name, value]) => (name in OF_SERVICE ? [] : textsIn(value)));

/** UTF-8 bytes of the texts that customers choose. */
export const endpointBytes = (endpoint: Endpoint): number =>
  endpointTexts(endpoint).reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** What a write adds to an application's endpoints; negative if it removes. */
export interface Growth {
  readonly endpoints: number;
  readonly bytes: number;
}

export const NO_GROWTH: Growth = { endpoints: 0, bytes: 0 };

/** The growth from one state of an endpoint to the next; undefined: the endpoint does not exist. */
export const growthOf = (from: Endpoint | undefined, to: Endpoint | undefined): Growth => ({
  endpoints: (to === undefined ? 0 : 1) - (from === undefined ? 0 : 1),
  bytes: (to === undefined ? 0 : endpointBytes(to)) - (from === undefined ? 0 : endpointBytes(from)),
});

/** Whether a write grows an endpoint beyond its limit. An endpoint above the limit may still shrink. */
export const isTooLarge = (to: Endpoint, growth: Growth, limits: EndpointLimits): boolean =>
  growth.bytes > 0 && endpointBytes(to) > limits.endpointBytes;

export const endpointLimits = (settings: OrganizationSettings): EndpointLimits => ({
  endpoints: settings.applicationEndpointLimit,
  applicationBytes: settings.applicationEndpointBytesLimit,
  endpointBytes: settings.endpointBytesLimit,
});
