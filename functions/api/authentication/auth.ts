import { createHash, timingSafeEqual } from 'node:crypto';
import { CAPABILITIES } from './capabilities.domain.ts';
import type { Capability } from './capabilities.domain.ts';
import { appId, orgId } from '../../platform/ids/brand.domain.ts';
import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import type { TokenFacts } from '../../catalog/tokens/token-marks.domain.ts';
import { idTime, isId } from '../../platform/ids/ids.domain.ts';
import { TOKEN_TOLERANCE_SECONDS } from '../../platform/limits/tokens.domain.ts';
import { SECOND_MS, wholeSeconds } from '../../platform/limits/time.domain.ts';
import { Refusal } from '../errors.ts';
import { isName } from '../../platform/wire/fields.ts';
import { accessClaimsOf, verifySignature } from './signed-claims.ts';
import type { Claims, Signed } from './signed-claims.ts';

/** The stage's JWT secrets, newest first: the first one signs, all of them verify. */
export interface JwtKeys {
  current(): Promise<readonly string[]>;
  /** Reads the secrets again, at most once a minute, and returns them. */
  refresh(): Promise<readonly string[]>;
}

export type Caller =
  | { readonly kind: 'organization'; readonly orgId: OrgId; readonly token: TokenFacts }
  | {
      readonly kind: 'application';
      readonly orgId: OrgId;
      readonly appId: AppId;
      readonly featureFlags: ReadonlySet<string>;
      /** null: all capabilities. */
      readonly capabilities: ReadonlySet<Capability> | null;
      readonly token: TokenFacts;
    };

/** The contract's text. */
const SECRET_AS_TOKEN = 'Authentication failed. JWT signing secrets can not be used as tokens.';

/** The form of session ids, as in the contract. */
export const SESSION_ID = /^[a-zA-Z0-9@_-]{1,64}$/;

const MANAGEMENT_AUDIENCE = 'posthorn-management';
const MANAGEMENT_SUBJECT = 'management';

const refused = () => new Refusal('authentication_failed');

/** Identifies the caller by the Authorization header. Throws Refusal (400 or 401). */
export const authenticate = async (header: string | null, keys: JwtKeys, nowMs: number): Promise<Caller> =>
  callerOf(await verifiedToken(header, keys, nowMs));

/** Whom the token of a portal link gives access to: a link is no access token, and an access token is no link. */
export const authenticateLink = async (
  link: string,
  keys: JwtKeys,
  nowMs: number,
): Promise<Extract<Caller, { readonly kind: 'application' }>> => {
  const { id, claims: signed } = await verifiedToken(`Bearer ${link}`, keys, nowMs);
  const claims = accessClaimsOf(signed);
  const caller = claims && callerOf({ kind: 'signed', id, claims });
  if (caller?.kind !== 'application') throw refused();
  return caller;
};

/** Accepts management tokens only. Throws Refusal (401). */
export const authenticateManagement = async (
  header: string | null,
  keys: JwtKeys,
  nowMs: number,
): Promise<void> => {
  const { claims } = await verifiedToken(header, keys, nowMs);
  if (claims['aud'] !== MANAGEMENT_AUDIENCE || claims['sub'] !== MANAGEMENT_SUBJECT) throw refused();
};

const verifiedToken = async (header: string | null, keys: JwtKeys, nowMs: number): Promise<Signed> => {
  const token = /^bearer +([^\s]+) *$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw refused();
  const secrets = await keys.current();
  let verified = await verifySignature(token, secrets);
  if (verified.kind !== 'signed' && secrets.some((secret) => sameText(secret, token))) {
    throw new Refusal('authentication_failed', SECRET_AS_TOKEN);
  }
  if (verified.kind === 'foreign') verified = await verifySignature(token, await keys.refresh());
  if (verified.kind !== 'signed' || !isTimely(verified.claims, nowMs)) throw refused();
  if (!isWellTyped(verified.claims)) throw refused();
  return verified;
};

const digest = (text: string) => createHash('sha256').update(text).digest();
const sameText = (left: string, right: string) => timingSafeEqual(digest(left), digest(right));

/** Whether a time claim is absent, or a number that passes the check. */
const within = (claim: unknown, isFine: (seconds: number) => boolean): boolean =>
  claim === undefined || (typeof claim === 'number' && isFine(claim));

const isTimely = ({ exp, nbf, iat }: Claims, nowMs: number): boolean => {
  const now = wholeSeconds(nowMs);
  const started = (seconds: number) => seconds <= now + TOKEN_TOLERANCE_SECONDS;
  return (
    within(exp, (seconds) => seconds > now - TOKEN_TOLERANCE_SECONDS) &&
    within(nbf, started) &&
    within(iat, started)
  );
};

const isText = (claim: unknown) => claim === undefined || claim === null || typeof claim === 'string';
const isTextOrList = (claim: unknown) =>
  isText(claim) || (Array.isArray(claim) && claim.every((item) => typeof item === 'string'));

/** Whether registered claims have the types of RFC 7519, as every JWT library writes them. */
const isWellTyped = ({ iss, jti, aud }: Claims): boolean => isText(iss) && isText(jti) && isTextOrList(aud);

const isNamed = (prefix: string, id: string): boolean => id.startsWith(prefix) && isName(id);

/** The caller of a token. A token with the claim `org` belongs to one application. */
const callerOf = ({ claims, id }: Signed): Caller => {
  const subject = claims['sub'];
  if (subject === undefined) throw new Refusal('authentication_failed', 'Invalid token (missing `sub`).');
  if (typeof subject !== 'string') throw refused();
  const organization = claims['org'];
  const featureFlags = flagsOf(claims['feature_flags']);
  if (organization === undefined || organization === null) {
    if (!isNamed('org_', subject)) throw new Refusal('bad_token');
    return { kind: 'organization', orgId: orgId(subject), token: factsOf(id, claims) };
  }
  if (typeof organization !== 'string') throw refused();
  if (!isNamed('org_', organization)) {
    throw new Refusal('bad token', '`org` is not a valid organization id');
  }
  if (!isNamed('app_', subject)) throw new Refusal('bad token');
  const capabilities = capabilitiesOf(claims['capabilities']);
  return {
    kind: 'application',
    orgId: orgId(organization),
    appId: appId(subject),
    featureFlags,
    capabilities,
    token: factsOf(id, claims),
  };
};

const millis = (seconds: unknown): number | undefined =>
  typeof seconds === 'number' ? seconds * 1000 : undefined;

/** The time in the id of our tokens is finer than `iat`, which has seconds. */
const issuedAt = (id: string, { iat, nbf }: Claims): number => {
  const claimed = millis(iat) ?? millis(nbf) ?? 0;
  const inId = isId('tok_', id) ? idTime(id) : undefined;
  return inId !== undefined && Math.abs(inId - claimed) <= SECOND_MS ? inId : claimed;
};

const factsOf = (id: string, claims: Claims): TokenFacts => {
  const { exp, sid } = claims;
  return {
    id,
    issuedAtMs: issuedAt(id, claims),
    expiresAtMs: millis(exp) ?? null,
    sessionId: typeof sid === 'string' && SESSION_ID.test(sid) ? sid : null,
  };
};

/** The names of a claim, as `read` knows them. Throws Refusal for anything else. */
const namesIn = <Name extends string>(
  claim: unknown,
  read: (name: unknown) => Name | undefined,
): ReadonlySet<Name> => {
  if (!Array.isArray(claim)) throw refused();
  const names = claim.map(read).filter((name) => name !== undefined);
  if (names.length < claim.length) throw refused();
  return new Set(names);
};

/** Refuses tokens with a capability that this release does not know, because it may be meant as a restriction. */
const capabilitiesOf = (claim: unknown): ReadonlySet<Capability> | null =>
  claim === undefined || claim === null
    ? null
    : namesIn(claim, (name) => CAPABILITIES.find((capability) => capability === name));

const flagsOf = (claim: unknown): ReadonlySet<string> =>
  claim === undefined
    ? new Set()
    : namesIn(claim, (flag) => (typeof flag === 'string' && isName(flag) ? flag : undefined));
