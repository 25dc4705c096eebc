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

/** An application with its live endpoints; `revision` is the sum of their `rev`s (catalog-writes.ts). */
export interface Snapshot {
  readonly application: Application;
  readonly endpoints: readonly Endpoint[];
  /** Live endpoints whose rows cannot be read; the others do not depend on them. */
  readonly unreadable: readonly UnreadableEndpoint[];
  readonly revision: bigint;
}

/** The application's item and its live endpoints: one range of one partition. */
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
 * Off the pages of its range, parsed one by one so that no raw rows pile up; undefined where the application is gone. An
 * endpoint whose row cannot be read is kept apart from the others.
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
