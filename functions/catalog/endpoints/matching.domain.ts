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

type Filters = Pick<Endpoint, 'disabled' | 'eventTypes' | 'channels'>;

/** The endpoints that a scheduled message goes to. */
export const matchingEndpoints = <One extends Filters>(
  endpoints: readonly One[],
  message: Matchable,
): readonly One[] => endpoints.filter((endpoint) => !endpoint.disabled && passesFilters(endpoint, message));
