import type { Application } from '../applications/application.domain.ts';
import { endpointId } from '../../platform/ids/brand.domain.ts';
import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import type { UnreadableEndpoint } from '../catalog.port.ts';
import type { Endpoint } from '../endpoints/endpoint.domain.ts';
import { readApplication, readEndpoint, readEndpointFacts } from '../items.ts';
import type { Stored } from '../items.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import type { Range, Row } from '../../platform/dynamodb/table.ts';
import { prefixEnd } from '../../platform/dynamodb/table.ts';

/** An application with its live endpoints; `revision` is the sum of their `rev`s (catalog/writes.ts). */
export interface Snapshot {
  readonly application: Application;
  readonly endpoints: readonly Endpoint[];
  /** Live endpoints whose rows cannot be parsed. They do not affect the others. */
  readonly unreadable: readonly UnreadableEndpoint[];
  readonly revision: bigint;
}

/** The key range of the application's item and its live endpoints, in one partition. */
export const snapshotRange = (table: string, orgId: OrgId, app: AppId): Range => {
  const { pk, sk: low } = catalogKeys.application(orgId, app);
  return {
    table,
    pk,
    low,
    high: prefixEnd(catalogKeys.endpoint(orgId, app, '').sk),
    forward: true,
    strong: true,
  };
};

type EndpointRow =
  | { readonly kind: 'read'; readonly stored: Stored<Endpoint> }
  | { readonly kind: 'unreadable'; readonly rev: bigint; readonly endpoint: UnreadableEndpoint };

const KEY_OF_ENDPOINT = 'ep#';
const isEndpoint = ({ sk }: Row): boolean => String(sk).startsWith(KEY_OF_ENDPOINT);

const endpointOf = (item: Row): EndpointRow => {
  try {
    return { kind: 'read', stored: readEndpoint(item) };
  } catch (error) {
    const { rev, ...facts } = readEndpointFacts(item);
    const id = endpointId(String(item['sk']).slice(KEY_OF_ENDPOINT.length));
    return { kind: 'unreadable', rev, endpoint: { ...facts, id, reason: String(error) } };
  }
};

const revOf = (one: EndpointRow): bigint => (one.kind === 'read' ? one.stored.rev : one.rev);

/**
 * Parses a snapshot from the pages of its range, one page at a time to bound memory; undefined: the application was
 * deleted. Endpoints whose rows cannot be parsed go to `unreadable`.
 */
export const toSnapshot = async (pages: AsyncIterable<readonly Row[]>): Promise<Snapshot | undefined> => {
  const applications: Stored<Application>[] = [];
  const endpoints: EndpointRow[] = [];
  for await (const rows of pages) {
    applications.push(...rows.filter(({ type }) => type === 'app').map(readApplication));
    endpoints.push(...rows.filter(isEndpoint).map(endpointOf));
  }
  const [application] = applications;
  if (application?.deletedAt !== null) return undefined;
  return {
    application: application.item,
    endpoints: endpoints.flatMap((one) => (one.kind === 'read' ? [one.stored.item] : [])),
    unreadable: endpoints.flatMap((one) => (one.kind === 'unreadable' ? [one.endpoint] : [])),
    revision: endpoints.reduce((sum, one) => sum + revOf(one), application.rev),
  };
};
