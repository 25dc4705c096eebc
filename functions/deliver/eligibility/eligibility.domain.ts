import type { CancelReason } from '../canceled.domain.ts';
import type { Trigger } from '../attempts/attempt.domain.ts';
import type { Application } from '../../catalog/applications/application.domain.ts';
import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { isMeantFor } from '../../catalog/endpoints/matching.domain.ts';
import type { OrganizationSettings } from '../../catalog/settings/settings.domain.ts';
import type { Message } from '../../messages/message.domain.ts';

/** An eligible delivery, with what sending it needs. */
export interface Eligible {
  readonly kind: 'eligible';
  readonly application: Application;
  readonly settings: OrganizationSettings;
  readonly endpoint: Endpoint;
  readonly message: Message;
}

/** Whether a queued delivery may still be sent. */
export type Eligibility =
  | Eligible
  /** The delivery ends without success, and is recorded as canceled. */
  | { readonly kind: 'canceled'; readonly reason: CancelReason }
  /** A resend succeeded: nothing is left to send, and nothing is recorded. */
  | { readonly kind: 'ended' };

export interface EligibilityFacts {
  readonly tenant:
    (Pick<Eligible, 'application' | 'settings'> & { readonly endpoints: readonly Endpoint[] }) | undefined;
  readonly message: Message | undefined;
  readonly endpointId: EndpointId;
  readonly trigger: Trigger;
  readonly endedByResend: boolean;
  readonly nowMs: number;
}

const canceled = (reason: CancelReason): Eligibility => ({ kind: 'canceled', reason });

/** Checked before every attempt. Resends and examples pass the endpoint's filters, but never a disabled endpoint. */
export const eligibilityOf = (facts: EligibilityFacts): Eligibility => {
  const { tenant, message, trigger } = facts;
  if (trigger.kind === 'scheduled' && facts.endedByResend) return { kind: 'ended' };
  if (tenant === undefined) return canceled('application_deleted');
  if (message === undefined) return canceled('message_deleted');
  if (message.canceledAt !== undefined) return canceled('message_canceled');
  if (message.payloadExpiresAt <= facts.nowMs) return canceled('payload_expired');
  if (message.payload.kind === 'gone') return canceled('payload_expunged');
  const endpoint = tenant.endpoints.find(({ id }) => id === facts.endpointId);
  if (endpoint === undefined) return canceled('endpoint_deleted');
  if (endpoint.disabled) return canceled('endpoint_disabled');
  if (trigger.kind === 'scheduled' && !isMeantFor(endpoint, message)) return canceled('filters_changed');
  return { kind: 'eligible', application: tenant.application, settings: tenant.settings, endpoint, message };
};
