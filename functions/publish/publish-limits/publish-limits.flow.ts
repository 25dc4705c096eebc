import type { AppId, OrgId } from '../../platform/ids/brand.domain.ts';
import { BURST_MS, leaseSize, NO_LEASE, renewed, spend } from './lease.domain.ts';
import type { Lease } from './lease.domain.ts';
import type { Reservation } from '../../platform/rate-limiter/rate-limiter.domain.ts';
import type { Tenant } from '../../catalog/catalog.port.ts';

/** Whose limit: an application's, or (null) its organization's. */
export interface PublishLine {
  readonly orgId: OrgId;
  readonly appId: AppId | null;
}

/** The port to reservations; undefined: the line is taken farther than `asked.horizonMs`. */
export type ReservePublishes = (line: PublishLine, asked: Reservation) => Promise<number | undefined>;

/** A limit as clients are told of it (the RateLimit header fields). */
export interface LimitState {
  readonly name: 'application' | 'organization';
  /** Messages a second. */
  readonly rate: number;
  readonly remaining: number;
}

export type Admitted =
  | { readonly kind: 'admitted'; readonly limits: readonly LimitState[] }
  | { readonly kind: 'limited'; readonly limits: readonly LimitState[]; readonly retryAfterSeconds: number };

export interface PublishLimitsDeps {
  readonly reserve: ReservePublishes;
  readonly now: () => number;
}

/** Lines remembered; a forgotten one costs a write. */
const ROOM = 2_000;

const nameOf = ({ orgId, appId }: PublishLine) => JSON.stringify([orgId, appId]);

/** Whether one more message may be accepted now. Where no limit is set this costs nothing. */
export const makePublishLimits = ({ reserve, now }: PublishLimitsDeps) => {
  const leases = new Map<string, Lease>();

  const keep = (name: string, lease: Lease) => {
    leases.delete(name);
    leases.set(name, lease);
    const [oldest] = leases.keys();
    if (leases.size > ROOM && oldest !== undefined) leases.delete(oldest);
  };

  const ask = async (line: PublishLine, rate: number): Promise<Lease> => {
    const nowMs = now();
    const count = leaseSize(rate);
    const start = await reserve(line, { rate, count, notBefore: nowMs, nowMs, horizonMs: BURST_MS });
    return renewed(start === undefined ? undefined : count, rate, nowMs);
  };

  const admit = async (line: PublishLine, rate: number) => {
    const name = nameOf(line);
    const known = leases.get(name) ?? NO_LEASE;
    const admission = spend(known, now()) ?? spend(await ask(line, rate), now());
    if (admission !== undefined) keep(name, admission.lease);
    return admission;
  };

  return async ({ application, settings }: Tenant): Promise<Admitted> => {
    const { orgId, id: appId } = application;
    const wanted = [
      { name: 'application', line: { orgId, appId }, rate: settings.applicationPublishRateLimit },
      { name: 'organization', line: { orgId, appId: null }, rate: settings.publishRateLimit },
    ] as const;
    const limits: LimitState[] = [];
    for (const { name, line, rate } of wanted) {
      if (rate === null) continue;
      const admission = await admit(line, rate);
      if (admission?.kind === 'admitted') limits.push({ name, rate, remaining: admission.remaining });
      else {
        const retryAfterSeconds = Math.max(1, Math.ceil((admission?.retryAfterMs ?? BURST_MS) / 1_000));
        return { kind: 'limited', limits: [...limits, { name, rate, remaining: 0 }], retryAfterSeconds };
      }
    }
    return { kind: 'admitted', limits };
  };
};
