import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import type { TenantKey } from '../catalog.port.ts';
import type { Cutoff, RevokedToken, TokenFacts, TokenMarks } from './token-marks.domain.ts';

/** A token, and whom it belongs to. `appId` null: the organization itself. */
export interface HeldToken {
  readonly orgId: OrgId;
  readonly appId: AppId | null;
  readonly token: TokenFacts;
}

/** A revocation in an organization. A cutoff applies to every token of it, those of its applications included. */
export type Revocation =
  | { readonly kind: 'token'; readonly revoked: RevokedToken }
  | { readonly kind: 'issued-before'; readonly cutoff: Cutoff };

/**
 * The port to the revocation of tokens. Reads are strong: a revoked token is refused from the next request on. All writes
 * are idempotent.
 */
export interface TokenStore {
  /** Whether a mark of the organization, the application or the session voids the token, or it was ended itself. */
  isRevoked(held: HeldToken, nowMs: number): Promise<boolean>;
  /** The marks of an organization alone. Publishing reads them with the application instead (`Tenant.tokenMarks`). */
  marks(orgId: OrgId): Promise<TokenMarks>;
  /** Ends one token of an application. */
  end(place: TenantKey, revoked: RevokedToken): Promise<void>;
  /** Ends one token of an application; false: it has ended already. One conditional write. */
  endOnce(place: TenantKey, revoked: RevokedToken, nowMs: number): Promise<boolean>;
  /** Voids tokens of an application: all, or those of sessions. */
  expire(
    place: TenantKey,
    cutoff: Cutoff,
    sessionIds: readonly string[] | null,
    nowMs: number,
  ): Promise<void>;
  /** `full`: too many single tokens of the organization are revoked already. */
  revoke(orgId: OrgId, revocation: Revocation, nowMs: number): Promise<'written' | 'full'>;
}
