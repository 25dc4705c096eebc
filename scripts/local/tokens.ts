import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { makeIds } from '../../functions/platform/ids/ids.domain.ts';
import { ORGANIZATION_TOKEN_SECONDS } from '../../functions/platform/limits/tokens.domain.ts';

/**
 * Bearer tokens of the API: HS256 with the stage's JWT secret. Organization and application tokens have the claims of
 * Svix's tokens; the management token has an audience of its own, so that neither kind is accepted as the other.
 */

const makeId = makeIds((count) => randomBytes(count));

const sign = (
  claims: Record<string, string>,
  secret: string,
  now: Date,
  lifetime = ORGANIZATION_TOKEN_SECONDS,
): Promise<string> => {
  const seconds = Math.floor(now.getTime() / 1000);
  return new SignJWT({ ...claims, jti: makeId.token(now.getTime()) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(seconds)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + lifetime)
    .sign(new TextEncoder().encode(secret));
};

export const organizationToken = (
  orgId: string,
  secret: string,
  now: Date,
  lifetime?: number,
): Promise<string> => sign({ iss: 'svix-server', sub: orgId }, secret, now, lifetime);

/** A token limited to one application, for the platform's customers. */
export const applicationToken = (
  orgId: string,
  appId: string,
  secret: string,
  now: Date,
  lifetime?: number,
): Promise<string> => sign({ iss: 'svix-server', sub: appId, org: orgId }, secret, now, lifetime);

export const managementToken = (secret: string, now: Date, lifetime?: number): Promise<string> =>
  sign({ iss: 'posthorn', aud: 'posthorn-management', sub: 'management' }, secret, now, lifetime);
