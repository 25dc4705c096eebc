import type { AppId, EndpointId, OrgId } from '../../platform/ids/brand.domain.ts';
import type { EndpointFields } from './endpoint-fields.ts';

/**
 * A signing secret at rest: encrypted bytes (platform/secrets/seal.ts) and, after a rotation, when it stops signing.
 */
export interface SealedSecret {
  readonly sealed: Uint8Array;
  readonly expiresAt: number | null;
}

/** Why the service disabled an endpoint: it failed for too long, answered 410, or asked for it in a response header. */
export type DisabledReason = 'failing' | 'gone' | 'receiver';

/** Why an endpoint was off: its owner disabled it, or the service did. */
export type OffReason = DisabledReason | 'owner';

/** A time in which an endpoint was disabled. `until` null: it still is. */
export interface OffSpan {
  readonly since: number;
  readonly until: number | null;
  readonly reason: OffReason;
}

/** Spans that are kept: an endpoint is read with every message, and older spans have long been caught up or given up. */
const MOST_OFF_SPANS = 10;

/** An endpoint of an application: the fields that clients write, and those of the service. Instants are ms since 1970. */
export interface Endpoint extends EndpointFields {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly id: EndpointId;
  /** Since when it had been failing when the service disabled it; null: it is enabled, or its owner disabled it. */
  readonly failSince: number | null;
  /** Why the service disabled it; null or absent: it is enabled, or its owner disabled it. */
  readonly disabledReason?: DisabledReason | null;
  /**
   * When it was last disabled, by the service or its owner; kept when it is enabled, as the start for a replay. null:
   * never.
   */
  readonly lastDisabledAt: number | null;
  /** When it was off, oldest first; absent: never. */
  readonly offSpans?: readonly OffSpan[];
  /**
   * When its URL was changed or it was enabled last, from which on its health counts: failures of earlier attempts say
   * nothing about it. Each such change has a later one. Absent: neither happened.
   */
  readonly healthFrom?: number;
  /** Custom headers with the case as given. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secret: SealedSecret;
  /** Previous secrets, newest first; after `expiresAt` one no longer signs. */
  readonly oldSecrets: readonly SealedSecret[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** An endpoint that is off from an instant (ms) on. */
export const disabledAt = (endpoint: Endpoint, nowMs: number): Endpoint => {
  const span: OffSpan = { since: nowMs, until: null, reason: endpoint.disabledReason ?? 'owner' };
  const offSpans = [...(endpoint.offSpans ?? []), span].slice(-MOST_OFF_SPANS);
  return { ...endpoint, lastDisabledAt: nowMs, offSpans };
};

const enabledAt = (endpoint: Endpoint, nowMs: number): Endpoint => {
  const offSpans = (endpoint.offSpans ?? []).map((span) => ({ ...span, until: span.until ?? nowMs }));
  return offSpans.length === 0 ? endpoint : { ...endpoint, offSpans };
};

/** Whether a change may have repaired the endpoint, so that what it did before says nothing about it. */
const startsAnew = (current: Endpoint, next: Endpoint): boolean =>
  next.url !== current.url || (current.disabled && !next.disabled);

/** The endpoint after a change at an instant (ms). */
export const changed = (current: Endpoint, changes: Partial<Endpoint>, nowMs: number): Endpoint => {
  const merged = { ...current, ...changes, updatedAt: nowMs };
  const healthFrom = Math.max(nowMs, (current.healthFrom ?? 0) + 1);
  const next = startsAnew(current, merged) ? { ...merged, healthFrom } : merged;
  if (next.disabled === current.disabled) return next;
  return next.disabled ? disabledAt(next, nowMs) : enabledAt(next, nowMs);
};

/** An endpoint as stored in the Catalog: `deletedAt` marks deletion, and each write draws a new random `rev`. */
export type CatalogedEndpoint = Endpoint & { readonly deletedAt: number | null; readonly rev: bigint };
