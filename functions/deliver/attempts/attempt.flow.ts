import { receiverRequests } from '../receiver-requests.domain.ts';
import { causeOfStatus, isTimeout } from '../causes.domain.ts';
import type { Attempt } from './attempt.domain.ts';
import { responseHeaders } from './response-headers.domain.ts';
import type { Ids } from '../../platform/ids/ids.domain.ts';
import { decide, outcomeOfStatus } from './outcome.domain.ts';
import type { Outcome } from './outcome.domain.ts';
import { parseRetryAfter } from '../retries/retry-schedule.domain.ts';
import type { OrganizationSettings } from '../../catalog/settings/settings.domain.ts';
import { webhookRequest } from './webhook-request.ts';
import type { SigningKeys } from './webhook-request.ts';
import type { DeliveryRecord } from '../delivery-record.ts';
import type { Eligible } from '../eligibility/eligibility.domain.ts';
import type { Outbound, OutboundRequest, OutboundResult } from '../http-client/outbound.port.ts';

export interface AttemptDeps {
  readonly outbound: Outbound;
  readonly signingKeys: SigningKeys;
  readonly ids: Ids;
  readonly now: () => number;
}

/** What one request is made of. */
export interface Webhook extends Pick<Eligible, 'settings' | 'endpoint' | 'message'> {
  readonly body: Uint8Array;
}

/** What delays or ends retries besides the outcome of the attempt. */
export interface RetryPlan {
  /** The schedule is over by that instant; null: the schedule itself decides. */
  readonly noRetryAfter: number | null;
  /** Evenly from -1 to 1. */
  readonly jitter: number;
}

/** Signs a message, sends it once and decides what follows. Records nothing. */
export type AttemptOnce = (record: DeliveryRecord, webhook: Webhook, plan: RetryPlan) => Promise<Attempt>;

const outcomeOf = (result: OutboundResult, nowMs: number): Outcome =>
  result.kind === 'response'
    ? outcomeOfStatus(result.status, parseRetryAfter(result.fields.get('retry-after'), nowMs))
    : { kind: 'failure', timedOut: isTimeout(result.cause), retryAfter: null };

const requestsOf = (result: OutboundResult, { receiverDeliveryControl }: OrganizationSettings) =>
  receiverDeliveryControl && result.kind === 'response'
    ? receiverRequests(result.fields.get('webhook-delivery'), result.status)
    : [];

export const makeAttemptOnce = (deps: AttemptDeps): AttemptOnce => {
  const requestOf = (
    { settings, message, endpoint, body }: Webhook,
    at: number,
  ): Promise<OutboundRequest> => {
    const { id: messageId, contentType } = message;
    return webhookRequest({ settings, endpoint, messageId, contentType, body }, at, deps.signingKeys);
  };

  return async ({ delivery, context }, webhook, { noRetryAfter, jitter }) => {
    const { message, endpoint } = webhook;
    const at = Math.max(deps.now(), context.notBefore);
    // Made before the request: after a slow one, quicker requests would already have used ids of later instants.
    const id = deps.ids.attempt(at);
    const result = await deps.outbound.send(await requestOf(webhook, at));
    const endedAt = deps.now();
    const outcome = outcomeOf(result, endedAt);
    const requests = requestsOf(result, webhook.settings);
    const isLast = noRetryAfter !== null && noRetryAfter <= endedAt;
    const decision = decide(outcome, delivery.trigger, {
      schedule: isLast ? [] : delivery.schedule,
      nowMs: endedAt,
      jitter,
      latest: noRetryAfter,
      aborted: requests.includes('abort-message'),
    });
    return {
      orgId: delivery.orgId,
      appId: delivery.appId,
      messageId: message.id,
      endpointId: endpoint.id,
      id,
      trigger: delivery.trigger,
      at,
      url: endpoint.url,
      succeeded: outcome.kind === 'success',
      responseStatusCode: result.status,
      cause: result.kind === 'response' ? causeOfStatus(result.status) : result.cause,
      response: result.kind === 'response' ? result.body : result.message,
      ...(result.kind === 'response' && { responseHeaders: responseHeaders(result.fields) }),
      ...(result.phases !== undefined && { phases: result.phases }),
      ...(requests.length > 0 && { receiverRequests: requests }),
      responseDurationMs: Math.round(result.durationMs),
      decision,
      eventType: message.eventType,
      eventId: message.eventId,
      channels: message.channels,
      tags: message.tags,
    };
  };
};
