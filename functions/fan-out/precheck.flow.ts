import type { Tenants } from '../catalog/catalog.port.ts';
import type { Matchable } from '../catalog/endpoints/matching.domain.ts';
import type { OrgId } from '../platform/ids/brand.domain.ts';
import { recipientsOf } from './recipients.domain.ts';

/**
 * Whether an endpoint would get a message that is published now, by the same strong read and the same matching as
 * publishing and fan-out. `application`: id or uid; undefined: there is no such application.
 */
export type Precheck = (
  orgId: OrgId,
  application: string,
  message: Matchable,
) => Promise<boolean | undefined>;

export const makePrecheck =
  ({ tenants }: { readonly tenants: Pick<Tenants, 'resolve'> }): Precheck =>
  async (orgId, application, message) => {
    const tenant = await tenants.resolve(orgId, application);
    return tenant && recipientsOf(tenant, { ...message, onlyEndpoint: null }).length > 0;
  };
