import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import type { AppId, EndpointId, OrgId } from '../../../functions/platform/ids/brand.domain.ts';
import { changed } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { OrganizationSettings } from '../../../functions/catalog/settings/settings.domain.ts';
import { autoDisable } from '../../../functions/catalog/endpoints/auto-disable.domain.ts';
import type {
  ApplicationStore,
  SettledTenants,
  Tenant,
  Tenants,
} from '../../../functions/catalog/catalog.port.ts';
import type { DisableEndpoint } from '../../../functions/deliver/delivery.port.ts';

export interface MemoryTenants extends Tenants, SettledTenants, Pick<ApplicationStore, 'create'> {
  readonly disableEndpoint: DisableEndpoint;
  readonly putEndpoint: (endpoint: Endpoint) => void;
  readonly endpoint: (id: EndpointId) => Endpoint | undefined;
  readonly removeApplication: (orgId: OrgId, id: AppId) => void;
  readonly removeEndpoint: (id: EndpointId) => void;
  readonly changeSettings: (changes: Partial<OrganizationSettings>) => void;
}

/** Applications with their endpoints; every organization has the same settings. `unreadable`: rows that cannot be parsed. */
export const makeMemoryTenants = (
  defaults: OrganizationSettings,
  unreadable: (id: AppId | EndpointId) => boolean = () => false,
): MemoryTenants => {
  const applications = new Map<string, Application>();
  const endpoints = new Map<string, Endpoint>();
  const byApplication = new Map<string, Set<string>>();
  /** The endpoints of an application in order, until one of them changes. */
  const listed = new Map<string, readonly Endpoint[]>();
  let settings = defaults;
  const place = (orgId: OrgId, id: string) => `${orgId}/${id}`;

  const list = (id: AppId) => {
    const known = listed.get(id);
    if (known !== undefined) return known;
    const ids = [...(byApplication.get(id) ?? [])].sort();
    const found = ids.flatMap((one) => endpoints.get(one) ?? []);
    listed.set(id, found);
    return found;
  };
  const put = (endpoint: Endpoint) => {
    endpoints.set(endpoint.id, endpoint);
    listed.delete(endpoint.appId);
  };

  const tenant = (application: Application | undefined): Tenant | undefined => {
    if (application === undefined) return undefined;
    const own = list(application.id);
    const [broken, readable] = [true, false].map((is) => own.filter(({ id }) => unreadable(id) === is));
    const facts = (broken ?? []).map((one) => ({ ...one, reason: 'a row of another form' }));
    return { application, settings, endpoints: readable ?? [], unreadable: facts };
  };

  const named = (orgId: OrgId, idOrUid: string) =>
    applications.get(place(orgId, idOrUid)) ??
    [...applications.values()].find((one) => one.orgId === orgId && one.uid === idOrUid);

  return {
    resolve: async (orgId, idOrUid) => tenant(named(orgId, idOrUid)),
    load: async (keys) =>
      keys.map(({ orgId, appId }) => {
        if (unreadable(appId)) throw new Error('an application of another form');
        return tenant(applications.get(place(orgId, appId)));
      }),
    loadSettled: async (keys, part) =>
      Promise.allSettled(
        keys.map(async (key) => {
          if (unreadable(key.appId)) throw new Error('an application of another form');
          return part(tenant(applications.get(place(key.orgId, key.appId))), key);
        }),
      ),
    create: async (application) => {
      const { orgId, uid } = application;
      if (uid !== null && named(orgId, uid) !== undefined) return { kind: 'conflict' };
      applications.set(place(orgId, application.id), application);
      return { kind: 'written', item: application };
    },
    disableEndpoint: async ({ endpointId }, why, nowMs) => {
      const current = endpoints.get(endpointId);
      const changes = current === undefined ? undefined : autoDisable(current, why);
      if (current === undefined || changes === undefined) return;
      put(changed(current, changes, nowMs));
    },
    putEndpoint: (endpoint) => {
      put(endpoint);
      const siblings = byApplication.get(endpoint.appId) ?? new Set();
      byApplication.set(endpoint.appId, siblings.add(endpoint.id));
    },
    endpoint: (id) => endpoints.get(id),
    removeApplication: (orgId, id) => applications.delete(place(orgId, id)),
    removeEndpoint: (id) => {
      listed.clear();
      return endpoints.delete(id);
    },
    changeSettings: (changes) => (settings = { ...settings, ...changes }),
  };
};
