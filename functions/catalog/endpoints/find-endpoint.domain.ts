import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from './endpoint.domain.ts';

interface Endpoints {
  readonly endpoints: readonly Endpoint[];
  readonly unreadable?: readonly { readonly id: EndpointId; readonly reason: string }[];
}

/**
 * Finds an endpoint of an application; undefined if it was deleted. Throws if its row cannot be read, so that its
 * deliveries are retried or dead-lettered instead of dropped as for a deleted endpoint.
 */
export const findEndpoint = (tenant: Endpoints | undefined, endpointId: EndpointId): Endpoint | undefined => {
  const unreadable = tenant?.unreadable?.find(({ id }) => id === endpointId);
  if (unreadable !== undefined)
    throw new Error(`the row of endpoint ${endpointId} cannot be read: ${unreadable.reason}`);
  return tenant?.endpoints.find(({ id }) => id === endpointId);
};
