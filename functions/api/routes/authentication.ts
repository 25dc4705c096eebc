import * as z from 'zod';
import { MOST_FEATURE_FLAGS } from '../../platform/limits/requests.domain.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../../platform/limits/time.domain.ts';
import { CAPABILITIES, grantedBy } from '../authentication/capabilities.domain.ts';
import type { Application } from '../../catalog/applications/application.domain.ts';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { ApplicationFields } from '../../catalog/catalog.port.ts';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { featureFlag, isName } from '../wire/fields.ts';
import { notImplicit } from '../implicit-application.ts';
import { memoize } from '../memoize.ts';
import { noBody, noQuery, openOperation, organizationOperation } from '../operation.ts';
import { applicationFields, applicationIn } from '../schemas/application.ts';
import { httpErrorOut } from '../schemas/errors.ts';
import { mintApplicationToken } from '../authentication/tokens.ts';
import type { PortalGrant } from '../authentication/tokens.ts';

const tag = 'Authentication';
/** The default URL of the portal. */
const PORTAL = '/portal/';
const WEEK_SECONDS = 7 * DAY_SECONDS;
const EXPIRY = 'expiry must be between one hour and 7 days, in seconds';
const MOST_NAMED = 25;
const UNRESTRICTED: PortalGrant = { featureFlags: [], capabilities: null, expirySeconds: null };

const find = async (deps: Deps, orgId: OrgId, idOrUid: string) =>
  isName(idOrUid) ? deps.applications.find(orgId, idOrUid) : undefined;

/** Finds the application in the path, or creates it if the request describes it. */
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
  // A concurrent request created it first.
  const winner = await find(deps, orgId, idOrUid);
  if (winner === undefined) throw new Refusal('conflict');
  return winner;
};

/** The token is in the fragment of the URL, which browsers do not send to servers. */
const access = async (
  deps: Deps,
  application: Application,
  grant: PortalGrant,
  nowMs: number,
): Promise<Reply> => {
  const place = { orgId: application.orgId, appId: application.id };
  const token = await mintApplicationToken(deps.keys, place, grant, nowMs);
  return { status: 200, body: { url: `${deps.portalUrl ?? PORTAL}#token=${token}`, token } };
};

const accessOut = memoize(() =>
  z.object({ url: z.string(), token: z.string() }).meta({ id: 'AppPortalAccessOut' }),
);

const accessIn = memoize(() =>
  z
    .object({
      featureFlags: z.array(featureFlag()).max(MOST_FEATURE_FLAGS).default([]),
      application: applicationIn().nullish(),
      readOnly: z.boolean().nullish().meta({ description: 'The token may only read' }),
      capabilities: z
        .array(z.enum(CAPABILITIES))
        .max(MOST_NAMED, 'at most 25 capabilities are allowed.')
        .nullish()
        .meta({
          description: 'What the token may do; all capabilities if omitted. Reading is always allowed',
        }),
      expiry: z
        .int()
        .min(HOUR_SECONDS, EXPIRY)
        .max(WEEK_SECONDS, EXPIRY)
        .nullish()
        .meta({ description: 'Seconds that the token is valid; 28 days if omitted' }),
    })
    .meta({ id: 'AppPortalAccessIn' }),
);

const portalAccess = organizationOperation({
  operationId: 'v1.authentication.app-portal-access',
  method: 'POST',
  path: '/api/v1/auth/app-portal-access/{app_id}',
  tag,
  summary: 'Make a link and a token for an application’s portal',
  query: noQuery,
  body: accessIn,
  responses: () => ({ 200: accessOut() }),
  handle: async ({ deps, orgId, param, body, nowMs }) => {
    const described = body.application == null ? undefined : applicationFields(body.application);
    const application = await findOrCreate(deps, orgId, param('app_id'), described, nowMs);
    const grant = {
      featureFlags: [...new Set(body.featureFlags)],
      capabilities: grantedBy(body),
      expirySeconds: body.expiry ?? null,
    };
    return access(deps, application, grant, nowMs);
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
  // The contract's server ignores the body.
  body: noBody,
  responses: () => ({ 200: accessOut() }),
  handle: async ({ deps, orgId, param, nowMs }) =>
    access(deps, await findOrCreate(deps, orgId, param('app_id'), undefined, nowMs), UNRESTRICTED, nowMs),
});

/** Tokens are not stored, so logging out cannot end one. The contract's server does not implement it either. */
const logout = openOperation({
  operationId: 'logout_api_v1_auth_logout__post',
  method: 'POST',
  path: '/api/v1/auth/logout',
  tag,
  summary: 'Not implemented: tokens are valid until they expire',
  query: noQuery,
  body: noBody,
  responses: () => ({ 501: httpErrorOut() }),
  handle: () => {
    throw new Refusal('not_implemented');
  },
});

export const authenticationOperations = [portalAccess, dashboardAccess, logout];
