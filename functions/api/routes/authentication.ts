import { grantedBy } from '../authentication/capabilities.domain.ts';
import type { Application } from '../../catalog/applications/application.domain.ts';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { ApplicationFields } from '../../catalog/catalog.port.ts';
import type { Call } from '../call.ts';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { SECOND_MS, wholeSeconds } from '../../platform/limits/time.domain.ts';
import { TOKEN_TOLERANCE_SECONDS } from '../../platform/limits/tokens.domain.ts';
import { createApplication, findApplication, findOrCreateApplication, notImplicit } from '../applications.ts';
import {
  anyOperation,
  mustNotBeRevoked,
  openOperation,
  organizationApplicationOperation,
  organizationOperation,
  tagged,
} from '../operation.ts';
import { applicationFields } from '../schemas/application.ts';
import {
  accessIn,
  accessOut,
  capabilitiesOf,
  expireIn,
  oneTimeTokenIn,
  oneTimeTokenOut,
  printWhoami,
  whoamiOut,
} from '../schemas/portal-access.ts';
import { authenticateLink } from '../authentication/auth.ts';
import { mintApplicationToken, mintLink } from '../authentication/tokens.ts';
import type { PortalGrant } from '../authentication/tokens.ts';

const LINK_EXPIRED = 'This link is invalid or has expired: ask for a new one.';
const LINK_USED = 'This link was used or revoked: ask for a new one.';
const ONLY_PORTAL_TOKENS =
  'Only the token of an application can log out. Revoke tokens of an organization with the management API.';
const UNRESTRICTED: PortalGrant = {
  featureFlags: [],
  capabilities: null,
  expirySeconds: null,
  sessionId: null,
};

/** Finds the application in the path, or creates it if the request describes it. */
const findOrCreate = async (
  deps: Deps,
  orgId: OrgId,
  idOrUid: string,
  described: ApplicationFields | undefined,
  nowMs: number,
): Promise<Application> => {
  const { application } = await findOrCreateApplication(
    () => findApplication(deps, orgId, idOrUid),
    () => {
      if (described?.uid !== idOrUid) throw notImplicit(described);
      return createApplication(deps, orgId, described, nowMs);
    },
  );
  return application;
};

/** The portal's own URL, below that of the API unless the stage has another one. */
const portalUrl = ({ deps, baseUrl }: Call): string => {
  const url = deps.portalUrl ?? `${baseUrl ?? ''}/portal/`;
  return url.endsWith('/') ? url : `${url}/`;
};

/** The key is in the fragment of the URL, which browsers do not send to servers. */
const linkTo = (call: Call, key: object): string =>
  `${portalUrl(call)}login#key=${Buffer.from(JSON.stringify(key)).toString('base64url')}`;

const access = async (
  call: Call,
  application: Application,
  grant: PortalGrant,
  nowMs: number,
): Promise<Reply> => {
  const place = { orgId: application.orgId, appId: application.id };
  const token = await mintApplicationToken(call.deps, place, grant, nowMs);
  const key =
    call.deps.oneTimeLinks === true
      ? { oneTimeToken: await mintLink(call.deps, place, grant, nowMs) }
      : { token };
  return { status: 200, body: { url: linkTo(call, { appId: application.id, ...key }), token } };
};

const portalAccess = organizationOperation({
  operationId: 'v1.authentication.app-portal-access',
  method: 'POST',
  path: '/api/v1/auth/app-portal-access/{app_id}',
  summary: 'Make a link and a token for an application’s portal',
  body: accessIn,
  responses: () => ({ 200: accessOut() }),
  handle: async ({ deps, call, orgId, param, body, nowMs }) => {
    const described = body.application == null ? undefined : applicationFields(body.application);
    const application = await findOrCreate(deps, orgId, param('app_id'), described, nowMs);
    const grant = {
      featureFlags: [...new Set(body.featureFlags)],
      capabilities: grantedBy(body),
      expirySeconds: body.expiry ?? null,
      sessionId: body.sessionId ?? null,
    };
    return access(call, application, grant, nowMs);
  },
});

const dashboardAccess = organizationOperation({
  operationId: 'v1.authentication.dashboard-access',
  method: 'POST',
  path: '/api/v1/auth/dashboard-access/{app_id}',
  hidden: true,
  summary: 'Old name of app-portal-access',
  // The contract's server ignores the body.
  responses: () => ({ 200: accessOut() }),
  handle: async ({ deps, call, orgId, param, nowMs }) =>
    access(call, await findOrCreate(deps, orgId, param('app_id'), undefined, nowMs), UNRESTRICTED, nowMs),
});

/**
 * A repeat under its idempotency key is answered although the token has ended. Every token has an id, which is a digest if
 * another server made it.
 */
const logout = anyOperation({
  operationId: 'v1.authentication.logout',
  needs: 'ViewBase',
  method: 'POST',
  path: '/api/v1/auth/logout',
  summary: 'End the application token that the request is made with',
  responses: () => ({ 204: null }),
  revocation: 'in-handler',
  handle: async ({ deps, caller, nowMs }) => {
    await mustNotBeRevoked(deps, caller, nowMs);
    if (caller.kind === 'organization') throw new Refusal('insufficient access', ONLY_PORTAL_TOKENS);
    const { id, expiresAtMs } = caller.token;
    const until = expiresAtMs === null ? null : expiresAtMs + TOKEN_TOLERANCE_SECONDS * SECOND_MS;
    await deps.tokens.end(caller, { id, until });
    return { status: 204 };
  },
});

const expireAll = organizationApplicationOperation({
  operationId: 'v1.authentication.expire-all',
  method: 'POST',
  path: '/api/v1/auth/app/{app_id}/expire-all',
  summary: 'End all tokens of an application that were made until now, or those of some sessions',
  body: expireIn,
  responses: () => ({ 204: null }),
  handle: async ({ deps, application, body, nowMs }) => {
    const { orgId, id: appId } = application;
    const sessionIds = body.sessionIds?.length === 0 ? null : (body.sessionIds ?? null);
    const cutoff = { issuedUntil: nowMs, voidFrom: nowMs + (body.expiry ?? 0) * SECOND_MS };
    await deps.tokens.expire({ orgId, appId }, cutoff, sessionIds, nowMs);
    return { status: 204 };
  },
});

/** Says why a link is refused, whatever its token is. */
const explainLink = (error: unknown): never => {
  throw error instanceof Refusal ? new Refusal('authentication_failed', LINK_EXPIRED) : error;
};

/** The token ends when the link would: an exchange does not prolong what its maker granted. */
const exchange = openOperation({
  operationId: 'v1.authentication.one-time-token',
  method: 'POST',
  path: '/api/v1/auth/one-time-token',
  summary: 'Exchange the key of a link to the portal for a token, once',
  body: oneTimeTokenIn,
  responses: () => ({ 200: oneTimeTokenOut() }),
  handle: async ({ deps, call, body, nowMs }) => {
    const caller = await authenticateLink(body.oneTimeToken, deps.keys, nowMs).catch(explainLink);
    const { orgId, appId, token: link, featureFlags, capabilities } = caller;
    call.about.orgId = orgId;
    call.about.appId = appId;
    const expiresAtMs = link.expiresAtMs ?? nowMs;
    // Both floored, as a token's `exp` is.
    const expirySeconds = wholeSeconds(expiresAtMs) - wholeSeconds(nowMs);
    if (expirySeconds <= 0) throw new Refusal('authentication_failed', LINK_EXPIRED);
    await mustNotBeRevoked(deps, caller, nowMs, LINK_USED);
    if ((await findApplication(deps, orgId, appId)) === undefined) throw new Refusal('not_found');
    const until = expiresAtMs + TOKEN_TOLERANCE_SECONDS * SECOND_MS;
    if (!(await deps.tokens.endOnce(caller, { id: link.id, until }, nowMs)))
      throw new Refusal('authentication_failed', LINK_USED);
    const grant = {
      ...{ featureFlags: [...featureFlags], capabilities: capabilities && [...capabilities] },
      ...{ expirySeconds, sessionId: link.sessionId },
    };
    const token = await mintApplicationToken(deps, caller, grant, nowMs);
    return { status: 200, body: { token, capabilities: [...capabilitiesOf(caller)] } };
  },
});

const whoami = anyOperation({
  operationId: 'v1.authentication.whoami',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/auth/whoami',
  summary: 'Get whose token this is, what it may do and when it expires',
  responses: () => ({ 200: whoamiOut() }),
  handle: ({ caller }) => ({ status: 200, body: printWhoami(caller) }),
});

export const authenticationOperations = tagged('Authentication', [
  portalAccess,
  dashboardAccess,
  exchange,
  logout,
  expireAll,
  whoami,
]);
