import { freshTenant } from '../api.ts';
import type { Tenant } from '../api.ts';
import type { ApiKind } from '../client.ts';

/** A customer of the platform: an application of a new organization, and links to its portal. */
export interface Customer {
  readonly tenant: Tenant;
  readonly appId: string;
  /** A new link, as the platform's backend gets it. `query`: parameters of the page. */
  readonly link: (grant?: object, query?: Readonly<Record<string, string>>) => Promise<PortalLink>;
}

export interface PortalLink {
  readonly url: string;
  readonly token: string;
}

/** Svix's documentation has callers add parameters with a URL parser: the query precedes the fragment. */
const withQuery = (url: string, query: Readonly<Record<string, string>>): string => {
  const link = new URL(url);
  for (const [name, value] of Object.entries(query)) link.searchParams.append(name, value);
  return link.href;
};

export const freshCustomer = async (kind?: ApiKind): Promise<Customer> => {
  const tenant = await freshTenant(kind);
  const { id } = await tenant.ask('POST', '/app', { name: 'Northwind', uid: 'northwind' });
  return {
    tenant,
    appId: String(id),
    link: async (grant = {}, query = {}) => {
      const { url, token } = await tenant.ask('POST', '/auth/app-portal-access/northwind', grant);
      return { url: withQuery(String(url), query), token: String(token) };
    },
  };
};
