import type { Application } from '../applications/application.domain.ts';
import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from '../endpoints/endpoint.domain.ts';
import { readApplication, readEndpoint } from '../items.ts';
import { catalogKeys } from '../../platform/dynamodb/keys.ts';
import type { Range, Row } from '../../platform/dynamodb/table.ts';
import { behind } from '../../platform/dynamodb/table.ts';

/** An application with its live endpoints; `revision` is the sum of their `rev`s (catalog-writes.ts). */
export interface Snapshot {
  readonly application: Application;
  readonly endpoints: readonly Endpoint[];
  readonly revision: bigint;
}

/** The application's item and its live endpoints: one range of one partition. */
export const snapshotRange = (table: string, orgId: OrgId, app: AppId): Range => {
  const { pk, sk: low } = catalogKeys.application(orgId, app);
  return {
    table,
    pk,
    low,
    high: behind(catalogKeys.endpoint(orgId, app, '').sk),
    forward: true,
    strong: true,
  };
};

/** Undefined where the application is gone. */
export const toSnapshot = (rows: readonly Row[]): Snapshot | undefined => {
  const applications = rows.filter(({ type }) => type === 'app').map(readApplication);
  const endpoints = rows.filter(({ type }) => type === 'ep').map(readEndpoint);
  const [application] = applications;
  if (application?.deletedAt !== null) return undefined;
  return {
    application: application.item,
    endpoints: endpoints.map(({ item }) => item),
    revision: endpoints.reduce((sum, { rev }) => sum + rev, application.rev),
  };
};
