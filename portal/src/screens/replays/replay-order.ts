import { listQuery } from '../../lib/filters.ts';
import type { Filters } from '../../lib/filters.ts';
import type { CauseCode } from '../../lib/causes.ts';
import type { ReplayPlan } from '../../lib/replay-link.ts';
import { DAY_MS } from '../../lib/time.ts';

/** The API's bound for `recover`, and its tolerance for clocks. */
const RECOVER_MS = 14 * DAY_MS + 300_000;

export type PlanProblem = 'endpoint' | 'since' | 'order' | 'long';

/** Why the plan cannot be sent yet; null: it can. */
export const planProblem = (
  { endpoint, kind, since, until }: ReplayPlan,
  nowMs: number,
): PlanProblem | null => {
  if (endpoint === '') return 'endpoint';
  if (since === '') return kind === 'replay-missing' ? null : 'since';
  const end = until === '' ? nowMs : Date.parse(until);
  if (end <= Date.parse(since)) return 'order';
  return kind === 'recover' && end - Date.parse(since) > RECOVER_MS ? 'long' : null;
};

export interface ReplayBody {
  since?: string;
  until?: string;
  causes?: CauseCode[];
  eventTypes?: string[];
  channel?: string;
  tag?: string;
  status?: number;
  statusCodeClass?: number;
}

/** The body of the command. `filters` apply to bulk replays. */
export const replayBody = ({ kind, since, until, causes }: ReplayPlan, filters: Filters): ReplayBody => {
  const body: ReplayBody = {};
  if (since !== '') body.since = since;
  if (until !== '') body.until = until;
  if (kind === 'replay-missing') return body;
  if (causes.length > 0) body.causes = [...causes];
  if (kind === 'recover') return body;
  const {
    event_types: eventTypes,
    channel,
    tag,
    status,
    status_code_class: statusClass,
  } = listQuery(filters, 0);
  if (eventTypes !== undefined) body.eventTypes = eventTypes;
  if (channel !== undefined) body.channel = channel;
  if (tag !== undefined) body.tag = tag;
  if (status !== undefined) body.status = status;
  if (statusClass !== undefined) body.statusCodeClass = statusClass;
  return body;
};
