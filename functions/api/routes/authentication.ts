import * as z from 'zod';
import { MOST_FEATURE_FLAGS } from '../../platform/limits/requests.domain.ts';
import type { Application } from '../../catalog/applications/application.domain.ts';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { ApplicationFields } from '../../catalog/catalog.port.ts';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { isName, name } from '../wire/fields.ts';
import { notImplicit } from '../implicit-application.ts';
import { lazily } from '../lazily.ts';
import { noBody, noQuery, openOperation, organizationOperation } from '../operation.ts';
import { applicationFields, applicationIn } from '../schemas/application.ts';
import { httpErrorOut } from '../schemas/errors.ts';
import { mintApplicationToken } from '../authentication/tokens.ts';

const tag = 'Authentication';
/** Where the customers' page is when the stage says nothing else. */
const PORTAL = '/portal/';

const find = async (deps: Deps, orgId: OrgId, idOrUid: string) =>
  isName(idOrUid) ? deps.applications.find(orgId, idOrUid) : undefined;

/** The application of the path, made on the fly where it is missing and described. */
const findOrCreate = async (
  deps: Deps,
  orgId: OrgId,
  idOrUid: string,
  described: ApplicationFields | undefined,
  nowMs: number,
): Promise<Application> => {
  const existing = await find(deps, orgId, idOrUid);
  if (existing !== undefined) return existing;
  if (described?.uid !== idOrUid) throw notImplicit(described);
  const id = deps.ids.app(nowMs);
  const times = { createdAt: nowMs, updatedAt: nowMs };
  const outcome = await deps.applications.create({ orgId, id, ...described, ...times });
  if (outcome.kind === 'written') return outcome.item;
  // A twin made it first.
  const winner = await find(deps, orgId, idOrUid);
  if (winner === undefined) throw new Refusal('conflict');
  return winner;
};

/** The token goes behind `#`, where browsers keep it to themselves. */
const access = async (
  deps: Deps,
  application: Application,
  featureFlags: readonly string[],
  nowMs: number,
): Promise<Reply> => {
  const place = { orgId: application.orgId, appId: application.id };
  const token = await mintApplicationToken(deps.keys, place, featureFlags, nowMs);
  return { status: 200, body: { url: `${deps.portalUrl ?? PORTAL}#token=${token}`, token } };
};

const accessOut = lazily(() =>
  z.object({ url: z.string(), token: z.string() }).meta({ id: 'AppPortalAccessOut' }),
);

const accessIn = lazily(() =>
  z
    .object({
      featureFlags: z.array(name('cool-new-feature')).max(MOST_FEATURE_FLAGS).default([]),
      application: applicationIn().nullish(),
    })
    .meta({ id: 'AppPortalAccessIn' }),
);

const portalAccess = organizationOperation({
  operationId: 'v1.authentication.app-portal-access',
  method: 'POST',
  path: '/api/v1/auth/app-portal-access/{app_id}',
  tag,
  summary: 'Make a link and a token for an application’s own page, valid for 28 days',
  query: noQuery,
  body: accessIn,
  responses: () => ({ 200: accessOut() }),
  handle: async ({ deps, orgId, param, body, nowMs }) => {
    const described = body.application == null ? undefined : applicationFields(body.application);
    const application = await findOrCreate(deps, orgId, param('app_id'), described, nowMs);
    return access(deps, application, [...new Set(body.featureFlags)], nowMs);
  },
});

const dashboardAccess = organizationOperation({
  operationId: 'v1.authentication.dashboard-access',
  method: 'POST',
  path: '/api/v1/auth/dashboard-access/{app_id}',
  hidden: true,
  tag,
  summary: 'Old name of app-portal-access',
  query: noQuery,
  body: () => accessIn().nullish(),
  responses: () => ({ 200: accessOut() }),
  handle: async ({ deps, orgId, param, nowMs }) =>
    access(deps, await findOrCreate(deps, orgId, param('app_id'), undefined, nowMs), [], nowMs),
});

/** Tokens are kept nowhere, so there is nothing to end: the contract has a stub here, too. */
const logout = openOperation({
  operationId: 'logout_api_v1_auth_logout__post',
  method: 'POST',
  path: '/api/v1/auth/logout',
  tag,
  summary: 'Not implemented: a token ends with its time',
  query: noQuery,
  body: noBody,
  responses: () => ({ 501: httpErrorOut() }),
  handle: () => {
    throw new Refusal('not_implemented');
  },
});

export const authenticationOperations = [portalAccess, dashboardAccess, logout];
