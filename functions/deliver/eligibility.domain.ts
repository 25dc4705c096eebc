import type { Turn } from './attempts/attempt.domain.ts';
import type { EndpointId } from '../platform/ids/brand.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { passesFilters } from '../catalog/endpoints/matching.domain.ts';
import { payloadIsLive } from '../messages/message.domain.ts';
import type { Message } from '../messages/message.domain.ts';

/** Why a delivery that was wanted once is not sent now. Each is a final state of the delivery. */
export type Unwanted =
  | 'application-gone'
  | 'message-gone'
  | 'payload-gone'
  | 'endpoint-gone'
  | 'endpoint-disabled'
  | 'filtered-out'
  | 'ended-by-resend';

export type Verdict =
  | { readonly kind: 'send'; readonly endpoint: Endpoint }
  | { readonly kind: 'drop'; readonly reason: Unwanted };

export interface Standing {
  readonly endpoints: readonly Endpoint[] | undefined;
  readonly message: Message | undefined;
  readonly endpointId: EndpointId;
  readonly turn: Turn;
  readonly endedByResend: boolean;
  readonly nowMs: number;
}

const drop = (reason: Unwanted): Verdict => ({ kind: 'drop', reason });

/** Asked again before every try. A resend passes filters, never a disabled endpoint. */
export const verdict = (standing: Standing): Verdict => {
  const { endpoints, message, turn } = standing;
  if (endpoints === undefined) return drop('application-gone');
  if (message === undefined) return drop('message-gone');
  if (!payloadIsLive(message, standing.nowMs)) return drop('payload-gone');
  const endpoint = endpoints.find(({ id }) => id === standing.endpointId);
  if (endpoint === undefined) return drop('endpoint-gone');
  if (endpoint.disabled) return drop('endpoint-disabled');
  if (turn.kind === 'manual') return { kind: 'send', endpoint };
  if (standing.endedByResend) return drop('ended-by-resend');
  return passesFilters(endpoint, message) ? { kind: 'send', endpoint } : drop('filtered-out');
};
