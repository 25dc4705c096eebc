import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { instant } from './wire/json.ts';

/** Relation of the links to the replay operations; docs/compatibility.md describes them. */
const RELATION = 'catch-up';

/**
 * A Link header (RFC 8288) for an endpoint that was just enabled, with the operations that send what it missed:
 * `replay-missing` for messages that were accepted while it was disabled, `recover` for those that failed before. Empty
 * if the endpoint is disabled or never was.
 */
export const catchUpHeaders = (endpoint: Endpoint): Readonly<Record<string, string>> => {
  const { appId, id, disabled, lastDisabledAt } = endpoint;
  if (disabled || lastDisabledAt === null) return {};
  const links = ['replay-missing', 'recover'].map(
    (command) =>
      `</api/v1/app/${appId}/endpoint/${id}/${command}>; rel="${RELATION}"; since="${instant(lastDisabledAt)}"`,
  );
  return { link: links.join(', ') };
};
