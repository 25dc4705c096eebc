import type { Application } from '../domain/application.ts';
import type { AppId, OrgId } from '../domain/brand.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import { readApplication, readEndpoint } from './catalog-items.ts';
import { catalogKeys } from './keys.ts';
import type { Range, Row } from './table.ts';
import { behind } from './table.ts';

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
