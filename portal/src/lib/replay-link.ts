import { isCauseCode } from './causes.ts';
import type { CauseCode } from './causes.ts';
import { DAY_MS } from './time.ts';

/** What to send again, as the address of the replay screen. */

export const REPLAY_KINDS = ['recover', 'replay-missing', 'bulk-replay'] as const;
export type ReplayKind = (typeof REPLAY_KINDS)[number];

export interface ReplayPlan {
  /** Empty: to be chosen. */
  readonly endpoint: string;
  readonly kind: ReplayKind;
  /** ISO instants; empty: none. */
  readonly since: string;
  readonly until: string;
  readonly causes: readonly CauseCode[];
}

/** The API recovers at most 14 days. */
const RECOVER_MS = 14 * DAY_MS - 60_000;

/** Reasons of canceled deliveries that `replay-missing` sends again; of the others nothing is left to send. */
const SENDABLE = ['canceled:endpoint_disabled', 'canceled:filters_changed'];

/** How what failed for a cause is sent again; null: it cannot be. */
export const planFor = (
  code: string,
  { since, until }: { readonly since: string; readonly until: string },
): Omit<ReplayPlan, 'endpoint' | 'until'> | null => {
  if (SENDABLE.includes(code)) return { kind: 'replay-missing', since, causes: [] };
  if (code.startsWith('canceled:') || !isCauseCode(code)) return null;
  const earliest = new Date(Date.parse(until) - RECOVER_MS).toISOString();
  return { kind: 'recover', since: since < earliest ? earliest : since, causes: [code] };
};

export const replayHref = ({ endpoint, kind, since, until, causes }: Partial<ReplayPlan>): string => {
  const query = new URLSearchParams();
  const values = { endpoint, kind, since, until, causes: causes?.join(',') };
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== '') query.set(name, value);
  return `/replays?${query.toString()}`;
};

const instantOf = (value: string | null): string => {
  const at = Date.parse(value ?? '');
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
};

const MOST_CAUSES = 40;

/** The plan in the address; what is missing or invalid is left to the reader. */
export const replayPlanOf = (search: string): ReplayPlan => {
  const query = new URLSearchParams(search);
  const endpoint = query.get('endpoint') ?? '';
  const codes = (query.get('causes') ?? '').split(',').filter(isCauseCode);
  return {
    endpoint: /^[\w\-.]{1,256}$/.test(endpoint) ? endpoint : '',
    kind: REPLAY_KINDS.find((kind) => kind === query.get('kind')) ?? 'recover',
    since: instantOf(query.get('since')),
    until: instantOf(query.get('until')),
    causes: [...new Set(codes)].slice(0, MOST_CAUSES),
  };
};
