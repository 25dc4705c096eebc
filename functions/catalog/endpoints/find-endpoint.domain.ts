import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from './endpoint.domain.ts';

interface Endpoints {
  readonly endpoints: readonly Endpoint[];
  readonly unreadable?: readonly { readonly id: EndpointId; readonly reason: string }[];
}

/**
 * An endpoint of an application; undefined where it was deleted. Throws where its row cannot be read: it was not
 * deleted, so what rests on it must wait or be dead-lettered, and never be dropped as of a deleted one.
 */
export const findEndpoint = (tenant: Endpoints | undefined, endpointId: EndpointId): Endpoint | undefined => {
  const unreadable = tenant?.unreadable?.find(({ id }) => id === endpointId);
  if (unreadable !== undefined)
    throw new Error(`the row of endpoint ${endpointId} cannot be read: ${unreadable.reason}`);
  return tenant?.endpoints.find(({ id }) => id === endpointId);
};
