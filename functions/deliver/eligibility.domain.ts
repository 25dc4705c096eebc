import type { CancelReason } from './canceled.domain.ts';
import type { Trigger } from './attempts/attempt.domain.ts';
import type { EndpointId } from '../platform/ids/brand.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { isMeantFor } from '../catalog/endpoints/matching.domain.ts';
import type { Message } from '../messages/message.domain.ts';

export type Eligibility =
  | { readonly kind: 'send'; readonly endpoint: Endpoint }
  /** The delivery ends without success, and is recorded as canceled. */
  | { readonly kind: 'cancel'; readonly reason: CancelReason }
  /** A resend succeeded: nothing is left to do, and nothing to record. */
  | { readonly kind: 'ended' };

export interface EligibilityFacts {
  readonly endpoints: readonly Endpoint[] | undefined;
  readonly message: Message | undefined;
  readonly endpointId: EndpointId;
  readonly trigger: Trigger;
  readonly endedByResend: boolean;
  readonly nowMs: number;
}

const cancel = (reason: CancelReason): Eligibility => ({ kind: 'cancel', reason });

/** Asked again before every try. Resends and examples pass filters, never a disabled endpoint. */
export const eligibilityOf = (facts: EligibilityFacts): Eligibility => {
  const { endpoints, message, trigger } = facts;
  if (trigger.kind === 'scheduled' && facts.endedByResend) return { kind: 'ended' };
  if (endpoints === undefined) return cancel('application_deleted');
  if (message === undefined) return cancel('message_deleted');
  if (message.payloadExpiresAt <= facts.nowMs) return cancel('payload_expired');
  if (message.payload.kind === 'gone') return cancel('payload_expunged');
  const endpoint = endpoints.find(({ id }) => id === facts.endpointId);
  if (endpoint === undefined) return cancel('endpoint_deleted');
  if (endpoint.disabled) return cancel('endpoint_disabled');
  return trigger.kind === 'manual' || isMeantFor(endpoint, message)
    ? { kind: 'send', endpoint }
    : cancel('filters_changed');
};
