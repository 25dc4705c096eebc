import { LRUCache } from 'lru-cache';
import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import { BURST_MS, leaseSize, NO_LEASE, renewed, spend } from './lease.domain.ts';
import type { Lease } from './lease.domain.ts';
import type { Reservation } from '../../platform/rate-limiter/rate-limiter.domain.ts';
import type { Tenant } from '../../catalog/catalog.port.ts';

/** Whose rate limit: that of an application, or (null) of its organization. */
export interface PublishLimitKey {
  readonly orgId: OrgId;
  readonly appId: AppId | null;
}

/** The port to the rate limiter. Returns undefined if it is reserved further ahead than `asked.horizonMs`. */
export type ReservePublishes = (key: PublishLimitKey, asked: Reservation) => Promise<number | undefined>;

/** A rate limit as the RateLimit response headers report it. */
export interface LimitState {
  readonly name: 'application' | 'organization';
  /** Messages a second. */
  readonly rate: number;
  readonly remaining: number;
}

export type Admitted =
  | { readonly kind: 'admitted'; readonly limits: readonly LimitState[] }
  | { readonly kind: 'limited'; readonly limits: readonly LimitState[]; readonly retryAfterSeconds: number };

/** Decides whether one more message may be accepted now. */
export type AdmitPublish = (tenant: Tenant) => Promise<Admitted>;

/** No rate limit at all. */
export const admitAll: AdmitPublish = () => Promise.resolve({ kind: 'admitted', limits: [] });

export interface PublishLimitsDeps {
  readonly reserve: ReservePublishes;
  readonly now: () => number;
}

/** Leases in memory. An evicted one costs a write. */
const MOST_LEASES = 2_000;

const nameOf = ({ orgId, appId }: PublishLimitKey) => JSON.stringify([orgId, appId]);

/** Decides whether one more message may be accepted now. Costs nothing where no limit is set. */
export const makePublishLimits = ({ reserve, now }: PublishLimitsDeps) => {
  const leases = new LRUCache<string, Lease>({ max: MOST_LEASES });

  const requestLease = async (key: PublishLimitKey, rate: number): Promise<Lease> => {
    const nowMs = now();
    const count = leaseSize(rate);
    const start = await reserve(key, { rate, count, notBefore: nowMs, nowMs, horizonMs: BURST_MS });
    return renewed(start === undefined ? undefined : count, rate, nowMs);
  };

  const admit = async (key: PublishLimitKey, rate: number) => {
    const name = nameOf(key);
    const known = leases.get(name) ?? NO_LEASE;
    const admission = spend(known, now()) ?? spend(await requestLease(key, rate), now());
    if (admission !== undefined) leases.set(name, admission.lease);
    return admission;
  };

  return async ({ application, settings }: Tenant): Promise<Admitted> => {
    const { orgId, id: appId } = application;
    const configured = [
      { name: 'application', key: { orgId, appId }, rate: settings.applicationPublishRateLimit },
      { name: 'organization', key: { orgId, appId: null }, rate: settings.publishRateLimit },
    ] as const;
    const limits: LimitState[] = [];
    for (const { name, key, rate } of configured) {
      if (rate === null) continue;
      const admission = await admit(key, rate);
      if (admission?.kind === 'admitted') limits.push({ name, rate, remaining: admission.remaining });
      else {
        const retryAfterSeconds = Math.max(1, Math.ceil((admission?.retryAfterMs ?? BURST_MS) / 1_000));
        return { kind: 'limited', limits: [...limits, { name, rate, remaining: 0 }], retryAfterSeconds };
      }
    }
    return { kind: 'admitted', limits };
  };
};
