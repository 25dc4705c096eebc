import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from './endpoint.domain.ts';

export interface Matchable {
  readonly eventType: string;
  readonly channels: readonly string[] | null;
}

/** Whether an endpoint's filters let a message through. An endpoint with channels never gets a message without. */
export const passesFilters = (
  endpoint: Pick<Endpoint, 'eventTypes' | 'channels'>,
  message: Matchable,
): boolean =>
  (endpoint.eventTypes === null || endpoint.eventTypes.includes(message.eventType)) &&
  (endpoint.channels === null ||
    endpoint.channels.some((channel) => message.channels?.includes(channel) ?? false));

type Filters = Pick<Endpoint, 'id' | 'eventTypes' | 'channels'>;

/** Whether a message is for an endpoint: an example for the one that it names, past its filters, as a resend is. */
export const isMeantFor = (
  endpoint: Filters,
  message: Matchable & { readonly onlyEndpoint: EndpointId | null },
): boolean =>
  message.onlyEndpoint === null ? passesFilters(endpoint, message) : message.onlyEndpoint === endpoint.id;

/** The endpoints that a message goes to when it is fanned out. */
export const matchingEndpoints = <One extends Filters & Pick<Endpoint, 'disabled'>>(
  endpoints: readonly One[],
  message: Parameters<typeof isMeantFor>[1],
): readonly One[] => endpoints.filter((endpoint) => !endpoint.disabled && isMeantFor(endpoint, message));
