import type { Tenant, Tenants } from '../catalog/catalog.port.ts';

/**
 * Resolves each application once for the records of a batch. They were all sent before it was received, so a change that was
 * acknowledged before they were sent applies to them.
 */
export const oncePerBatch = (tenants: Pick<Tenants, 'resolve'>): Pick<Tenants, 'resolve'> => {
  const resolved = new Map<string, Promise<Tenant | undefined>>();
  return {
    resolve(orgId, application) {
      const key = JSON.stringify([orgId, application]);
      const found = resolved.get(key) ?? tenants.resolve(orgId, application);
      resolved.set(key, found);
      return found;
    },
  };
};
