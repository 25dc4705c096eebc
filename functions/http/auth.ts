import { createHash, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { appId, orgId } from '../domain/brand.ts';
import type { AppId, OrgId } from '../domain/brand.ts';
import { Refusal } from './errors.ts';
import { isName } from './fields.ts';

/** The stage's JWT secrets, newest first: the first one signs, all of them verify. */
export interface JwtKeys {
  current(): Promise<readonly string[]>;
  /** The same read anew, at most once a minute whoever asks. */
  refresh(): Promise<readonly string[]>;
}

export type Caller =
  | { readonly kind: 'organization'; readonly orgId: OrgId }
  | {
      readonly kind: 'application';
      readonly orgId: OrgId;
      readonly appId: AppId;
      readonly featureFlags: ReadonlySet<string>;
    };

/** Clocks may differ by 15 minutes, as the contract's server tolerates. */
const TOLERANCE_SECONDS = 15 * 60;

const SECRET_AS_TOKEN =
  'Authentication failed. JWT signing secrets can not be used as tokens: sign a token with the secret ' +
  '(`npm run token` makes one) and send that instead.';

export const MANAGEMENT_AUDIENCE = 'posthorn-management';
export const MANAGEMENT_SUBJECT = 'management';

const refused = () => new Refusal('authentication_failed');

/** Who calls, by the value of the Authorization header. Throws Refusal (400 or 401). */
export const authenticate = async (header: string | null, keys: JwtKeys, nowMs: number): Promise<Caller> =>
  callerOf(await verifiedClaims(header, keys, nowMs));

/** Lets only a management token pass. Throws Refusal (401). */
export const authenticateManagement = async (
  header: string | null,
  keys: JwtKeys,
  nowMs: number,
): Promise<void> => {
  const claims = await verifiedClaims(header, keys, nowMs);
  if (claims.aud !== MANAGEMENT_AUDIENCE || claims.sub !== MANAGEMENT_SUBJECT) throw refused();
};

const verifiedClaims = async (header: string | null, keys: JwtKeys, nowMs: number): Promise<JWTPayload> => {
  const token = /^bearer +([^\s]+) *$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw refused();
  const secrets = await keys.current();
  const claims = await verify(token, secrets, nowMs);
  if (claims !== 'unknown-key') return claims;
  if (secrets.some((secret) => sameText(secret, token)))
    throw new Refusal('authentication_failed', SECRET_AS_TOKEN);
  const again = await verify(token, await keys.refresh(), nowMs);
  if (again === 'unknown-key') throw refused();
  return again;
};

const digest = (text: string) => createHash('sha256').update(text).digest();
const sameText = (left: string, right: string) => timingSafeEqual(digest(left), digest(right));

const imported = new Map<string, KeyObject>();

const keyOf = (secret: string): KeyObject => {
  const known = imported.get(secret) ?? createSecretKey(Buffer.from(secret));
  imported.set(secret, known);
  return known;
};

/** The claims of a token that one of the secrets signed and that is valid now; Refusal where it is not valid. */
const verify = async (
  token: string,
  secrets: readonly string[],
  nowMs: number,
): Promise<JWTPayload | 'unknown-key'> => {
  for (const secret of secrets) {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keyOf(secret), {
        algorithms: ['HS256'],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: new Date(nowMs),
      });
      if ((protectedHeader.typ ?? 'JWT').toUpperCase() !== 'JWT' || issuedAhead(payload, nowMs))
        throw refused();
      return payload;
    } catch (thrown) {
      if (thrown instanceof errors.JWSSignatureVerificationFailed) continue;
      // Not even a token of three parts: it may be the secret itself.
      if (thrown instanceof errors.JWSInvalid || thrown instanceof errors.JWTInvalid) return 'unknown-key';
      if (thrown instanceof errors.JOSEError) throw refused();
      throw thrown;
    }
  }
  return 'unknown-key';
};

const issuedAhead = (claims: JWTPayload, nowMs: number): boolean =>
  claims.iat !== undefined &&
  (typeof claims.iat !== 'number' || claims.iat > Math.floor(nowMs / 1000) + TOLERANCE_SECONDS);

/** `org` makes it a token of one application. */
const callerOf = (claims: JWTPayload): Caller => {
  const subject = claims.sub;
  if (subject === undefined) throw new Refusal('authentication_failed', 'Invalid token (missing `sub`).');
  if (typeof subject !== 'string') throw refused();
  const organization = claims['org'];
  if (organization === undefined || organization === null) {
    if (!subject.startsWith('org_')) throw new Refusal('bad_token');
    return { kind: 'organization', orgId: orgId(subject) };
  }
  if (typeof organization !== 'string') throw refused();
  const featureFlags = flagsOf(claims['feature_flags']);
  if (!organization.startsWith('org_')) {
    throw new Refusal('bad token', '`org` is not a valid organization id');
  }
  if (!subject.startsWith('app_')) throw new Refusal('bad token');
  return { kind: 'application', orgId: orgId(organization), appId: appId(subject), featureFlags };
};

const flagsOf = (claim: unknown): ReadonlySet<string> => {
  if (claim === undefined) return new Set();
  if (!Array.isArray(claim)) throw refused();
  const flags: unknown[] = claim;
  return new Set(
    flags.map((flag) => {
      if (typeof flag !== 'string' || !isName(flag)) throw refused();
      return flag;
    }),
  );
};
