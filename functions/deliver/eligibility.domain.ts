import type { CancelReason } from './canceled.domain.ts';
import type { Turn } from './attempts/attempt.domain.ts';
import type { EndpointId } from '../platform/ids/brand.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { passesFilters } from '../catalog/endpoints/matching.domain.ts';
import type { Message } from '../messages/message.domain.ts';

export type Verdict =
  | { readonly kind: 'send'; readonly endpoint: Endpoint }
  /** The delivery ends without success, and is recorded as canceled. */
  | { readonly kind: 'cancel'; readonly reason: CancelReason }
  /** A resend succeeded: nothing is left to do, and nothing to record. */
  | { readonly kind: 'ended' };

export interface Standing {
  readonly endpoints: readonly Endpoint[] | undefined;
  readonly message: Message | undefined;
  readonly endpointId: EndpointId;
  readonly turn: Turn;
  readonly endedByResend: boolean;
  readonly nowMs: number;
}

const cancel = (reason: CancelReason): Verdict => ({ kind: 'cancel', reason });

/** Asked again before every try. Resends and examples pass filters, never a disabled endpoint. */
export const verdict = (standing: Standing): Verdict => {
  const { endpoints, message, turn } = standing;
  if (turn.kind === 'scheduled' && standing.endedByResend) return { kind: 'ended' };
  if (endpoints === undefined) return cancel('application_deleted');
  if (message === undefined) return cancel('message_deleted');
  if (message.payloadExpiresAt <= standing.nowMs) return cancel('payload_expired');
  if (message.payload.kind === 'gone') return cancel('payload_expunged');
  const endpoint = endpoints.find(({ id }) => id === standing.endpointId);
  if (endpoint === undefined) return cancel('endpoint_deleted');
  if (endpoint.disabled) return cancel('endpoint_disabled');
  if (turn.kind === 'manual' || message.onlyEndpoint !== null) return { kind: 'send', endpoint };
  return passesFilters(endpoint, message) ? { kind: 'send', endpoint } : cancel('filters_changed');
};
