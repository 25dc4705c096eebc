import type { OrgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { TenantKey } from '../../../functions/catalog/catalog.port.ts';
import {
  NO_MARKS,
  isCutOff,
  isVoid,
  withCutoff,
  withRevoked,
} from '../../../functions/catalog/tokens/token-marks.domain.ts';
import type { Cutoff, TokenMarks } from '../../../functions/catalog/tokens/token-marks.domain.ts';
import type { TokenStore } from '../../../functions/catalog/tokens/tokens.port.ts';

/** Marks of revoked tokens in memory. `reads` counts the reads of them. */
export interface MemoryTokens extends TokenStore {
  readonly reads: () => number;
  /** The marks of an organization, as a snapshot has them. */
  readonly known: (orgId: OrgId) => TokenMarks;
}

export const makeMemoryTokens = (): MemoryTokens => {
  const organizations = new Map<OrgId, TokenMarks>();
  const cutoffs = new Map<string, readonly Cutoff[]>();
  const ended = new Map<string, number | null>();
  let reads = 0;
  const name = (kind: string, { orgId, appId }: TenantKey, id = '') =>
    JSON.stringify([kind, orgId, appId, id]);
  const marksOf = (orgId: OrgId) => organizations.get(orgId) ?? NO_MARKS;

  return {
    reads: () => reads,
    known: marksOf,
    marks: async (orgId) => {
      reads += 1;
      return marksOf(orgId);
    },
    isRevoked: async ({ orgId, appId, token }, nowMs) => {
      reads += 1;
      if (isVoid(marksOf(orgId), token, nowMs)) return true;
      if (appId === null) return false;
      const place = { orgId, appId };
      const until = ended.get(name('token', place, token.id));
      const names = [
        name('application', place),
        ...(token.sessionId === null ? [] : [name('session', place, token.sessionId)]),
      ];
      return (
        until === null ||
        (until ?? 0) > nowMs ||
        names.some((one) => isCutOff(cutoffs.get(one) ?? [], token, nowMs))
      );
    },
    end: async (place, { id, until }) => void ended.set(name('token', place, id), until),
    endOnce: async (place, { id, until }, nowMs) => {
      const key = name('token', place, id);
      const before = ended.get(key);
      if (before === null || (before ?? 0) > nowMs) return false;
      ended.set(key, until);
      return true;
    },
    expire: async (place, cutoff, sessionIds, nowMs) => {
      const names =
        sessionIds === null
          ? [name('application', place)]
          : sessionIds.map((id) => name('session', place, id));
      for (const one of names) cutoffs.set(one, withCutoff(cutoffs.get(one) ?? [], cutoff, nowMs));
    },
    revoke: async (orgId, revocation, nowMs) => {
      const before = marksOf(orgId);
      if (revocation.kind === 'issued-before') {
        organizations.set(orgId, {
          ...before,
          cutoffs: withCutoff(before.cutoffs, revocation.cutoff, nowMs),
        });
        return 'written';
      }
      const revoked = withRevoked(before.revoked, revocation.revoked, nowMs);
      if (revoked === undefined) return 'full';
      organizations.set(orgId, { ...before, revoked });
      return 'written';
    },
  };
};
