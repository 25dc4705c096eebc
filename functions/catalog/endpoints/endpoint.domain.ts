import type { AppId, EndpointId, OrgId } from '../../platform/ids/brand.domain.ts';

/** A signing secret as it is stored: sealed bytes (signing/seal.ts) and, once rotated out, when it stops signing. */
export interface SealedSecret {
  readonly sealed: Uint8Array;
  readonly expiresAt: number | null;
}

/** Why the system disabled an endpoint: it failed for too long, answered 410, or asked for it. */
export type DisabledReason = 'failing' | 'gone' | 'receiver';

/** Where webhooks of an application go. Instants are ms since 1970. */
export interface Endpoint {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly id: EndpointId;
  readonly uid: string | null;
  readonly url: string;
  readonly description: string;
  readonly throttleRate: number | null;
  readonly disabled: boolean;
  /** Where the system turned it off: since when it had failed. null: it is on, or its owner turned it off. */
  readonly failSince: number | null;
  /** Why the system disabled it; null or absent: it is enabled, or its owner disabled it. */
  readonly disabledReason?: DisabledReason | null;
  /** When it was last turned off, by whomever; stays when it is on again, for whoever wants to catch up. null: never. */
  readonly offSince: number | null;
  /** null: every event type; otherwise at least one. */
  readonly eventTypes: readonly string[] | null;
  readonly channels: readonly string[] | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly version: number;
  /** Custom headers with their original letter case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secret: SealedSecret;
  /** Rotated secrets, newest first; the ones past `expiresAt` no longer sign. */
  readonly oldSecrets: readonly SealedSecret[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The endpoint after a change at an instant. */
export const changed = (current: Endpoint, changes: Partial<Endpoint>, nowMs: number): Endpoint => {
  const next = { ...current, ...changes, updatedAt: nowMs };
  return next.disabled && !current.disabled ? { ...next, offSince: nowMs } : next;
};

/** An endpoint as the Catalog stores it: deletion is a mark, and each write draws a new `rev`. */
export type CatalogedEndpoint = Endpoint & { readonly deletedAt: number | null; readonly rev: bigint };
