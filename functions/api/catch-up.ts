import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { missedSince } from '../catalog/endpoints/missed-since.domain.ts';
import { LONGEST_ATTEMPT_MS } from '../platform/limits/delivery.domain.ts';
import { RECOVER_DAYS } from '../platform/limits/retention.domain.ts';
import { DAY_MS } from '../platform/limits/time.domain.ts';
import { instant } from './wire/json.ts';

/** Relation of the links to the replay operations; docs/compatibility.md describes them. */
const RELATION = 'catch-up';

/**
 * A Link header (RFC 8288) for an endpoint that was just enabled, with the operations that send what it missed:
 * `replay-missing` for messages that it missed while it was disabled, `recover` for those that failed, or were canceled
 * because it was disabled. The attempt that disabled it began before, and `recover` reaches back so far only. Empty if the
 * endpoint is disabled or never was.
 */
export const catchUpHeaders = (endpoint: Endpoint): Readonly<Record<string, string>> => {
  const { appId, id, disabled, lastDisabledAt, updatedAt: enabledAt } = endpoint;
  if (disabled || lastDisabledAt === null) return {};
  const failedSince = Math.max(lastDisabledAt - LONGEST_ATTEMPT_MS, enabledAt - RECOVER_DAYS * DAY_MS);
  const link = (command: string, since: number) =>
    `</api/v1/app/${appId}/endpoint/${id}/${command}>; rel="${RELATION}"; since="${instant(since)}"`;
  return {
    link: [link('replay-missing', missedSince(endpoint, lastDisabledAt)), link('recover', failedSince)].join(
      ', ',
    ),
  };
};
