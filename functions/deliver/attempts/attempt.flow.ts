import { receiverRequests } from '../receiver-requests.domain.ts';
import { causeOfStatus, isTimeout } from '../causes.domain.ts';
import type { Attempt } from './attempt.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import type { Ids } from '../../platform/ids/ids.domain.ts';
import type { Message } from '../../messages/message.domain.ts';
import { decide, outcomeOfStatus } from './outcome.domain.ts';
import type { Outcome } from './outcome.domain.ts';
import { parseRetryAfter } from '../retries/retry-schedule.domain.ts';
import type { OrganizationSettings } from '../../catalog/settings/settings.domain.ts';
import type { SigningKey } from '../signing/endpoint-secret.ts';
import { signatureHeaders } from '../signing/sign.ts';
import type { Delivery } from '../delivery.port.ts';
import type { Outbound, OutboundRequest, OutboundResult } from '../http-client/outbound.port.ts';

export interface TryDeps {
  readonly outbound: Outbound;
  /** The keys that sign for an endpoint at an instant: the current one, then rotated ones in their grace. */
  readonly signingKeys: (endpoint: Endpoint, nowMs: number) => readonly SigningKey[];
  readonly ids: Ids;
  readonly now: () => number;
  /** Evenly from -1 to 1. */
  readonly jitter: () => number;
}

/** What one try needs besides the delivery itself. */
export interface Ready {
  readonly settings: OrganizationSettings;
  readonly message: Message;
  readonly endpoint: Endpoint;
  readonly body: Uint8Array;
  /** No retry comes after this instant; null: the schedule itself decides. */
  readonly end: number | null;
  /** The attempt's id comes after this instant, whatever the clock says. */
  readonly notBefore: number;
}

/** One try as it is to be recorded, and what its record does not tell. */
export interface Tried {
  readonly attempt: Attempt;
  readonly timedOut: boolean;
}

const outcomeOf = (result: OutboundResult, nowMs: number): Outcome =>
  result.kind === 'response'
    ? outcomeOfStatus(result.status, parseRetryAfter(result.retryAfter, nowMs))
    : { kind: 'failure', timedOut: isTimeout(result.cause), retryAfter: null };

/** Overrides the built-in one (JSON). */
const contentType = ({ contentType: value }: Message): readonly (readonly [string, string])[] =>
  value === null ? [] : [['Content-Type', value]];

const requestsOf = (result: OutboundResult, { receiverDeliveryControl }: OrganizationSettings) =>
  receiverDeliveryControl && result.kind === 'response'
    ? receiverRequests(result.deliveryControl, result.status)
    : [];

/** Signs a message, sends it once and decides what follows. Records nothing. */
export const makeTryOnce = (deps: TryDeps) => {
  const request = ({ settings, message, endpoint, body }: Ready, at: number): OutboundRequest => ({
    url: endpoint.url,
    signed: [
      ...signatureHeaders({
        prefix: settings.webhookHeaderPrefix,
        messageId: message.id,
        timestampSeconds: Math.floor(at / 1000),
        body,
        keys: deps.signingKeys(endpoint, at),
      }),
      ...contentType(message),
    ],
    custom: Object.entries(endpoint.headers),
    body,
    timeoutMs: settings.requestTimeout * 1000,
    allowedSubnets: settings.allowedSubnets,
  });

  return async (delivery: Delivery, ready: Ready): Promise<Tried> => {
    const { message, endpoint, end } = ready;
    const at = Math.max(deps.now(), ready.notBefore);
    // Made before the request: a slow one would find that the ids of quicker ones have gone past its instant.
    const id = deps.ids.attempt(at);
    const result = await deps.outbound.send(request(ready, at));
    const endedAt = deps.now();
    const outcome = outcomeOf(result, endedAt);
    const requests = requestsOf(result, ready.settings);
    const isLast = end !== null && end <= endedAt;
    const schedule = isLast ? [] : delivery.schedule;
    const plan = {
      schedule,
      nowMs: endedAt,
      jitter: deps.jitter(),
      latest: end,
      aborted: requests.includes('abort-message'),
    };
    const attempt: Attempt = {
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
      ...(requests.length > 0 && { receiverRequests: requests }),
      responseDurationMs: Math.round(result.durationMs),
      decision: decide(outcome, delivery.trigger, plan),
      eventType: message.eventType,
      eventId: message.eventId,
      channels: message.channels,
      tags: message.tags,
    };
    return { attempt, timedOut: outcome.kind === 'failure' && outcome.timedOut };
  };
};
