import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Capability } from './capabilities.domain.ts';
import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import { DAY_SECONDS } from '../../platform/limits/time.domain.ts';
import type { JwtKeys } from './auth.ts';

/** The issuer that the official servers write. It is not verified. */
const ISSUER = 'svix-server';
/** The lifetimes of the contract's server. */
const ORGANIZATION_DAYS = 3_650;
const APPLICATION_DAYS = 28;

const mint = async (
  keys: JwtKeys,
  subject: string,
  claims: Record<string, unknown>,
  seconds: number,
  nowMs: number,
): Promise<string> => {
  const [newest] = await keys.current();
  if (newest === undefined) throw new Error('no JWT secret to sign with');
  const now = Math.floor(nowMs / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(ISSUER)
    .setSubject(subject)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + seconds)
    .sign(createSecretKey(Buffer.from(newest)));
};

/** Mints a token with all permissions in one organization. */
export const mintOrganizationToken = (keys: JwtKeys, orgId: OrgId, nowMs: number): Promise<string> =>
  mint(keys, orgId, {}, ORGANIZATION_DAYS * DAY_SECONDS, nowMs);

export interface PortalGrant {
  readonly featureFlags: readonly string[];
  /** null: all capabilities. */
  readonly capabilities: readonly Capability[] | null;
  /** null: the lifetime of the contract's server. */
  readonly expirySeconds: number | null;
}

/** Mints a token for one application, as its portal uses it. */
export const mintApplicationToken = (
  keys: JwtKeys,
  place: { readonly orgId: OrgId; readonly appId: AppId },
  { featureFlags, capabilities, expirySeconds }: PortalGrant,
  nowMs: number,
): Promise<string> => {
  const claims = {
    org: place.orgId,
    ...(featureFlags.length === 0 ? {} : { feature_flags: featureFlags }),
    ...(capabilities === null ? {} : { capabilities }),
  };
  return mint(keys, place.appId, claims, expirySeconds ?? APPLICATION_DAYS * DAY_SECONDS, nowMs);
};
