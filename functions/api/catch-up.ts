import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { instant } from './wire/json.ts';

/** Relation of the links to what brings an endpoint up to date; what each does is in docs/compatibility.md. */
const RELATION = 'catch-up';

/**
 * What an endpoint that was just turned on is offered: links (RFC 8288) to send what was accepted while it was off and
 * never tried, and what had failed before. Nothing for one that is still off.
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
