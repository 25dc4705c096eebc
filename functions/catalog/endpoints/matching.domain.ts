import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from './endpoint.domain.ts';

export interface Matchable {
  readonly eventType: string;
  readonly channels: readonly string[] | null;
}

/** Whether a message passes an endpoint's filters. An endpoint with channels gets no messages without channels. */
export const passesFilters = (
  endpoint: Pick<Endpoint, 'eventTypes' | 'channels'>,
  message: Matchable,
): boolean =>
  (endpoint.eventTypes === null || endpoint.eventTypes.includes(message.eventType)) &&
  (endpoint.channels === null ||
    endpoint.channels.some((channel) => message.channels?.includes(channel) ?? false));

type Filters = Pick<Endpoint, 'id' | 'eventTypes' | 'channels'>;

/** Whether a message is for an endpoint. Example messages name their only endpoint and ignore its filters. */
export const isMeantFor = (
  endpoint: Filters,
  message: Matchable & { readonly onlyEndpoint: EndpointId | null },
): boolean =>
  message.onlyEndpoint === null ? passesFilters(endpoint, message) : message.onlyEndpoint === endpoint.id;

/** The endpoints to which fan-out delivers a message. */
export const matchingEndpoints = <One extends Filters & Pick<Endpoint, 'disabled'>>(
  endpoints: readonly One[],
  message: Parameters<typeof isMeantFor>[1],
): readonly One[] => endpoints.filter((endpoint) => !endpoint.disabled && isMeantFor(endpoint, message));
