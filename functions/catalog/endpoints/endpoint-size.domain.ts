import type { EndpointLimits } from '../../platform/limits/endpoints.domain.ts';
import type { OrganizationSettings } from '../settings/settings.domain.ts';
import type { Endpoint } from './endpoint.domain.ts';

const encoder = new TextEncoder();
const bytesOf = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + encoder.encode(text).length, 0);

/**
 * UTF-8 bytes of what customers choose: URL, description, uid, event types, channels, metadata and headers. What the
 * service writes (ids, secrets, state) does not count, so that disabling an endpoint or rotating its secret never fails.
 */
export const endpointBytes = (
  endpoint: Pick<
    Endpoint,
    'uid' | 'url' | 'description' | 'eventTypes' | 'channels' | 'metadata' | 'headers'
  >,
): number => {
  const { uid, url, description, eventTypes, channels, metadata, headers } = endpoint;
  const lists = [...(eventTypes ?? []), ...(channels ?? [])];
  const maps = [...Object.entries(metadata), ...Object.entries(headers)].flat();
  return bytesOf([uid ?? '', url, description, ...lists, ...maps]);
};

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
