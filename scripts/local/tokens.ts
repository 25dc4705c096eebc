import { SignJWT } from 'jose';

/**
 * Bearer tokens of the API: HS256 with the stage's JWT secret. Organization and application tokens have the claims of
 * Svix's tokens; the management token has an audience of its own, so that neither kind is accepted as the other.
 */
export const DEFAULT_ORGANIZATION = 'org_23rb8YdGqMT0qIzpgGwdXfHirMu';

const TEN_YEARS_S = 10 * 365 * 24 * 3600;

const sign = (claims: Record<string, string>, secret: string, now: Date): Promise<string> => {
  const seconds = Math.floor(now.getTime() / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(seconds)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + TEN_YEARS_S)
    .sign(new TextEncoder().encode(secret));
};

export const organizationToken = (orgId: string, secret: string, now: Date): Promise<string> =>
  sign({ iss: 'svix-server', sub: orgId }, secret, now);

/** A token limited to one application, for the platform's customers. */
export const applicationToken = (orgId: string, appId: string, secret: string, now: Date): Promise<string> =>
  sign({ iss: 'svix-server', sub: appId, org: orgId }, secret, now);

export const managementToken = (secret: string, now: Date): Promise<string> =>
  sign({ iss: 'posthorn', aud: 'posthorn-management', sub: 'management' }, secret, now);
