import type { TenantKey } from '../../catalog/catalog.port.ts';
import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Capability } from './capabilities.domain.ts';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import type { Ids } from '../../platform/ids/ids.domain.ts';
import {
  LONGEST_PORTAL_TOKEN_SECONDS,
  ORGANIZATION_TOKEN_SECONDS,
} from '../../platform/limits/tokens.domain.ts';
import type { JwtKeys } from './auth.ts';
import { LINK_SUBJECT } from './signed-claims.ts';
import { wholeSeconds } from '../../platform/limits/time.domain.ts';

/** The issuer that the official servers write. It is not verified. */
const ISSUER = 'svix-server';

/** What minting needs: the key that signs, and ids of tokens. */
export interface Mint {
  readonly keys: Pick<JwtKeys, 'current'>;
  readonly ids: Pick<Ids, 'token'>;
}

interface Content {
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

/** Signs a token with the newest secret. Its id (`jti`) is the name by which it can be revoked. */
const sign = async (
  { keys, ids }: Mint,
  { subject, claims, seconds }: Content,
  nowMs: number,
): Promise<string> => {
  const [newest] = await keys.current();
  if (newest === undefined) throw new Error('no JWT secret to sign with');
  const now = wholeSeconds(nowMs);
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(ISSUER)
    .setSubject(subject)
    .setJti(ids.token(nowMs))
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + seconds)
    .sign(createSecretKey(Buffer.from(newest)));
};

/** Mints a token with all permissions in one organization. */
export const mintOrganizationToken = (
  mint: Mint,
  orgId: OrgId,
  nowMs: number,
  seconds: number = ORGANIZATION_TOKEN_SECONDS,
): Promise<string> => sign(mint, { subject: orgId, claims: {}, seconds }, nowMs);

export interface PortalGrant {
  readonly featureFlags: readonly string[];
  /** null: all capabilities. */
  readonly capabilities: readonly Capability[] | null;
  /** null: the lifetime of the contract's server. */
  readonly expirySeconds: number | null;
  /** Groups tokens that `expire-all` can end together; null: none. */
  readonly sessionId: string | null;
}

/** Mints what a link to the portal holds that works once: a grant, which is no access token. */
export const mintLink = (
  mint: Mint,
  { orgId, appId }: TenantKey,
  grant: PortalGrant,
  nowMs: number,
): Promise<string> =>
  sign(
    mint,
    {
      subject: LINK_SUBJECT,
      claims: { ...grantClaims(orgId, grant), app: appId },
      seconds: grant.expirySeconds ?? LONGEST_PORTAL_TOKEN_SECONDS,
    },
    nowMs,
  );

const grantClaims = (orgId: OrgId, { featureFlags, capabilities, sessionId }: PortalGrant) => ({
  org: orgId,
  ...(featureFlags.length === 0 ? {} : { feature_flags: featureFlags }),
  ...(capabilities === null ? {} : { capabilities }),
  ...(sessionId === null ? {} : { sid: sessionId }),
});

/** Mints a token for one application, as its portal uses it. */
export const mintApplicationToken = (
  mint: Mint,
  { orgId, appId }: TenantKey,
  grant: PortalGrant,
  nowMs: number,
): Promise<string> => {
  const seconds = grant.expirySeconds ?? LONGEST_PORTAL_TOKEN_SECONDS;
  return sign(mint, { subject: appId, claims: grantClaims(orgId, grant), seconds }, nowMs);
};
