import * as z from 'zod';
import type { TenantKey } from '../../functions/catalog/catalog.port.ts';
import { scanApplications } from '../../functions/catalog/applications/applications.dynamo.ts';
import { readApplication } from '../../functions/catalog/items.ts';
import { parseQueueMessage } from '../../functions/deliver/queue/queue-message.ts';
import { unpackRow } from '../../functions/deliver/retries/retry-packs.ts';
import { catalogKeys, controlKeys } from '../../functions/platform/dynamodb/keys.ts';
import type { Row } from '../../functions/platform/dynamodb/table.ts';
import type { AppId, OrgId } from '../../functions/platform/ids/brand.domain.ts';
import { appId, orgId } from '../../functions/platform/ids/brand.domain.ts';
import type { DynamoClient } from '../../functions/platform/aws/command.ts';
import { Problem } from '../local/problem.ts';

/** An organization, or one of its applications. */
export interface Scope {
  readonly orgId: OrgId;
  readonly appId: AppId | null;
}

/** The partition key of the tenant itself; those of everything else that it has begin with it and `#`. */
export const baseOf = ({ orgId: org, appId: app }: Scope): string =>
  app === null ? catalogKeys.settings(org).pk : catalogKeys.application(org, app).pk;

export const describe = ({ orgId: org, appId: app }: Scope): string =>
  app === null ? `organization ${org}` : `application ${app} of organization ${org}`;

/** All applications of a stage that fit, deleted ones included. One scan of the Catalog table. */
export const findApplications = async (
  client: DynamoClient,
  catalog: string,
  fits: (application: TenantKey & { readonly uid: string | null }) => boolean,
): Promise<readonly TenantKey[]> => {
  const found: TenantKey[] = [];
  for await (const rows of scanApplications(client, catalog))
    for (const row of rows) {
      const { orgId: org, id, uid } = readApplication(row).item;
      if (fits({ orgId: org, appId: id, uid })) found.push({ orgId: org, appId: id });
    }
  return found;
};

/** What the options name. Throws a Problem if there is no such application, or several. */
export const resolveScope = async (
  client: DynamoClient,
  catalog: string,
  { org, app }: { readonly org?: string; readonly app?: string },
): Promise<Scope> => {
  if (app === undefined) return { orgId: orgId(org ?? ''), appId: null };
  const found = await findApplications(
    client,
    catalog,
    (one) => (org === undefined || org === one.orgId) && (app === one.appId || app === one.uid),
  );
  const [only, ...others] = found;
  if (others.length > 0)
    throw new Problem(
      `"${app}" names an application of ${found.map((one) => one.orgId).join(' and ')}: add --org.`,
    );
  if (only !== undefined) return only;
  // Its own row may have been wiped by a run that was stopped.
  if (org !== undefined && app.startsWith('app_')) return { orgId: orgId(org), appId: appId(app) };
  throw new Problem(`There is no application "${app}" in this stage. With --org its id alone is enough.`);
};

const single = z.object({ rec: z.string() });

const textsIn = (row: Row): readonly string[] =>
  row['p'] === undefined ? [single.parse(row).rec] : unpackRow(row).map(({ rec }) => rec);

const tenantIn = (text: string): TenantKey => {
  const queueMessage = parseQueueMessage(text);
  return queueMessage.kind === 'delivery' ? queueMessage.delivery : queueMessage.drainTimer;
};

/** Whether every delivery of a due row is the tenant's. A row may hold retries of several applications. */
const isDueAlone = ({ orgId: org, appId: app }: Scope, row: Row): boolean => {
  try {
    return textsIn(row)
      .map(tenantIn)
      .every((one) => one.orgId === org && (app === null || app === one.appId));
  } catch {
    return false;
  }
};

/** Whether a row of any table is the tenant's. */
export const isOf = (scope: Scope, row: Row): boolean => {
  const [pk, sk] = [String(row['pk']), String(row['sk'])];
  const base = baseOf(scope);
  if (pk === base || pk.startsWith(`${base}#`)) return true;
  if (pk.startsWith('due#')) return isDueAlone(scope, row);
  // The sort key of an hour that waits to be counted: the hour, and the key of its endpoint's hours.
  if (pk.startsWith('hours#')) return sk.slice(sk.indexOf('#') + 1).startsWith(`${base}#`);
  return isTaskOf(scope, row, pk);
};

/** Background tasks are in a partition of the organization. */
const isTaskOf = ({ orgId: org, appId: app }: Scope, row: Row, pk: string): boolean =>
  app !== null && pk === controlKeys.task(org, '').pk && row['a'] === app;
