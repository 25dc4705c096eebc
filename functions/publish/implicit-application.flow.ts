import type { ApplicationFields, ApplicationStore, Tenant, Tenants } from '../catalog/catalog.port.ts';
import type { Ids } from '../platform/ids/ids.domain.ts';
import type { PublishRequest } from './messages.port.ts';

export interface CreateImplicitlyDeps {
  readonly tenants: Pick<Tenants, 'resolve'>;
  readonly applications: Pick<ApplicationStore, 'create'>;
  readonly ids: Pick<Ids, 'app'>;
  readonly now: () => number;
}

/** Creates the application that a request to publish describes, and returns it. */
export const makeCreateImplicitly =
  ({ tenants, applications, ids, now }: CreateImplicitlyDeps) =>
  async (
    request: Pick<PublishRequest, 'orgId' | 'application'>,
    fields: ApplicationFields,
  ): Promise<Tenant | undefined> => {
    const at = now();
    await applications.create({
      ...fields,
      orgId: request.orgId,
      id: ids.app(at),
      createdAt: at,
      updatedAt: at,
    });
    // On a conflict a concurrent request created it first; either way it exists now.
    return tenants.resolve(request.orgId, request.application);
  };
