/** What revocations match a token by. Instants are ms since 1970. */
export interface TokenFacts {
  /** The claim `jti`, or a digest of the token if it has none. */
  readonly id: string;
  /** 0: the token does not say when it was issued, so that every cutoff applies to it. */
  readonly issuedAtMs: number;
  /** null: it never expires. */
  readonly expiresAtMs: number | null;
  /** The session that app-portal-access named; null: none. */
  readonly sessionId: string | null;
}

/** Voids the tokens that were issued until `issuedUntil`, from `voidFrom` on. */
export interface Cutoff {
  readonly issuedUntil: number;
  readonly voidFrom: number;
}

/** One revoked token. Its mark may be forgotten after `until`, when the token has expired; null: never. */
export interface RevokedToken {
  readonly id: string;
  readonly until: number | null;
}

/** The marks of an organization, which apply to its own tokens and to those of its applications. */
export interface TokenMarks {
  readonly cutoffs: readonly Cutoff[];
  readonly revoked: readonly RevokedToken[];
}

export const NO_MARKS: TokenMarks = { cutoffs: [], revoked: [] };

/**
 * The most single tokens of an organization that are revoked at a time. They are part of rows that publish and deliver read
 * for every message, which must stay within a read unit.
 */
export const MOST_REVOKED_TOKENS = 50;
/** The most cutoffs that are kept: one that is in effect, and later ones. */
const MOST_CUTOFFS = 10;

export const isCutOff = (cutoffs: readonly Cutoff[], token: TokenFacts, nowMs: number): boolean =>
  cutoffs.some(({ issuedUntil, voidFrom }) => voidFrom <= nowMs && token.issuedAtMs <= issuedUntil);

/** Whether the marks of its organization void a token. */
export const isVoid = ({ cutoffs, revoked }: TokenMarks, token: TokenFacts, nowMs: number): boolean =>
  revoked.some(({ id }) => id === token.id) || isCutOff(cutoffs, token, nowMs);

/**
 * Adds a cutoff and leaves out those that it makes redundant. The result is in the order of both instants. Beyond ten, the
 * two that come into effect first become one, which voids the tokens of the second a little early.
 */
export const withCutoff = (cutoffs: readonly Cutoff[], added: Cutoff, nowMs: number): readonly Cutoff[] => {
  const effect = ({ voidFrom }: Cutoff) => Math.max(voidFrom, nowMs);
  const ordered = [...cutoffs, added].toSorted(
    (left, right) => effect(left) - effect(right) || right.issuedUntil - left.issuedUntil,
  );
  const needed: Cutoff[] = [];
  for (const one of ordered) {
    const last = needed.at(-1);
    if (last === undefined || one.issuedUntil > last.issuedUntil) needed.push(one);
  }
  const [first, second, third, ...rest] = needed;
  if (first === undefined || second === undefined || third === undefined) return needed;
  return needed.length <= MOST_CUTOFFS
    ? needed
    : [first, { issuedUntil: third.issuedUntil, voidFrom: second.voidFrom }, ...rest];
};

/** Adds a revoked token and forgets expired ones; undefined: there would be too many. */
export const withRevoked = (
  revoked: readonly RevokedToken[],
  added: RevokedToken,
  nowMs: number,
): readonly RevokedToken[] | undefined => {
  const live = revoked.filter(({ id, until }) => id !== added.id && (until === null || until > nowMs));
  return live.length < MOST_REVOKED_TOKENS ? [...live, added] : undefined;
};
