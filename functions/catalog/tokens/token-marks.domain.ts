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
