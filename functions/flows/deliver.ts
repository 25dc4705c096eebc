import type { Attempt, Decision } from '../domain/attempt.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import type { Ids } from '../domain/ids.ts';
import type { Message } from '../domain/message.ts';
import { decide, outcomeOfStatus } from '../domain/outcome.ts';
import type { Outcome } from '../domain/outcome.ts';
import { parseRetryAfter } from '../domain/retry-schedule.ts';
import type { OrganizationSettings } from '../domain/settings.ts';
import { verdict } from '../domain/wanted.ts';
import { signatureHeaders } from '../signing/sign.ts';
import type { SigningKey } from '../signing/secret.ts';
import type { AttemptLog, Delivery, DeliveryContext, DeliveryReader, ReadBody } from './delivery.ts';
import type { FollowUp } from './follow-up.ts';
import type { Outbound, OutboundResult } from './outbound.ts';
import type { Step } from './steps.ts';

export interface DeliverDeps {
  readonly reader: DeliveryReader;
  readonly log: AttemptLog;
  readonly outbound: Outbound;
  readonly followUp: FollowUp;
  readonly readBody: ReadBody;
  /** The keys that sign for an endpoint at an instant: the current one, then rotated ones in their grace. */
  readonly signingKeys: (endpoint: Endpoint, nowMs: number) => readonly SigningKey[];
  readonly ids: Ids;
  readonly now: () => number;
  /** Evenly from -1 to 1. */
  readonly jitter: () => number;
  readonly step: Step;
}

/** How a record came: by which queue message, and for which time (SQS counts). */
export interface Receipt {
  readonly holder: string;
  readonly receives: number;
}

/** Past this, a recorded retry that nobody made is nobody's any more (its queue message died in a DLQ, say). */
const ABANDONED_AFTER_MS = 600_000;

/**
 * A recorded turn is followed up by the queue message that recorded it: on its first receive, or on a later one after
 * a crash. Another message with the same turn leaves it alone, unless the retry is so late that it must have been lost.
 */
const isOverdue = (decision: Decision, nowMs: number): boolean =>
  decision.kind === 'retry' && decision.at + ABANDONED_AFTER_MS < nowMs;

/** What became of one queue record. */
export type Delivered =
  | { readonly kind: 'attempted' | 'repeated'; readonly attempt: Attempt }
  | { readonly kind: 'dropped'; readonly reason: string };

const outcomeOf = (result: OutboundResult, nowMs: number): Outcome =>
  result.kind === 'response'
    ? outcomeOfStatus(result.status, parseRetryAfter(result.retryAfter, nowMs))
    : { kind: 'failure', timedOut: result.cause === 'timeout', retryAfter: null };

/** Sends what a delivery queue holds: each record at most once where its attempt is recorded, and again where not. */
export const makeDeliver = (deps: DeliverDeps) => {
  const { log, step } = deps;

  const attempt = async (
    delivery: Delivery,
    settings: OrganizationSettings,
    message: Message,
    endpoint: Endpoint,
    body: Uint8Array,
  ): Promise<Attempt> => {
    const at = deps.now();
    const result = await deps.outbound.send({
      url: endpoint.url,
      headers: [
        ...signatureHeaders({
          prefix: settings.webhookHeaderPrefix,
          messageId: message.id,
          timestampSeconds: Math.floor(at / 1000),
          body,
          keys: deps.signingKeys(endpoint, at),
        }),
        ...Object.entries(endpoint.headers),
      ],
      body,
      timeoutMs: settings.requestTimeout * 1000,
      allowedSubnets: settings.allowedSubnets,
    });
    await step('deliver.posted');
    const endedAt = deps.now();
    const outcome = outcomeOf(result, endedAt);
    return {
      orgId: delivery.orgId,
      appId: delivery.appId,
      messageId: message.id,
      endpointId: endpoint.id,
      id: deps.ids.attempt(at),
      turn: delivery.turn,
      at,
      url: endpoint.url,
      succeeded: outcome.kind === 'success',
      responseStatusCode: result.kind === 'response' ? result.status : 0,
      response: result.kind === 'response' ? result.body : result.message,
      responseDurationMs: Math.round(result.durationMs),
      decision: decide(outcome, delivery.turn, {
        schedule: delivery.schedule,
        nowMs: endedAt,
        jitter: deps.jitter(),
      }),
      eventType: message.eventType,
      eventId: message.eventId,
      channels: message.channels,
    };
  };

  const repeated = async (delivery: Delivery, recorded: Attempt, receipt: Receipt): Promise<Delivered> => {
    if (receipt.receives > 1 || isOverdue(recorded.decision, deps.now())) {
      await deps.followUp(delivery, recorded, 'again');
    }
    return { kind: 'repeated', attempt: recorded };
  };

  const one = async (delivery: Delivery, context: DeliveryContext, receipt: Receipt): Promise<Delivered> => {
    if (context.recorded !== undefined) return repeated(delivery, context.recorded, receipt);
    const { tenant, message } = context;
    const wanted = verdict({
      endpoints: tenant?.endpoints,
      message,
      endpointId: delivery.endpointId,
      turn: delivery.turn,
      endedByResend: context.endedByResend,
      nowMs: deps.now(),
    });
    if (wanted.kind === 'drop') return { kind: 'dropped', reason: wanted.reason };
    if (tenant === undefined || message === undefined) return { kind: 'dropped', reason: 'message-gone' };
    if (context.mayHaveTwin && !(await log.claimTwin(delivery, receipt.holder, deps.now()))) {
      return { kind: 'dropped', reason: 'twin' };
    }
    const body = await deps.readBody(message, deps.now());
    if (body === null) return { kind: 'dropped', reason: 'payload-gone' };
    await step('deliver.read');
    const made = await attempt(delivery, tenant.settings, message, wanted.endpoint, body);
    const recorded = await log.record(made);
    await step('deliver.recorded');
    if (recorded.kind === 'already') return repeated(delivery, recorded.attempt, receipt);
    await deps.followUp(delivery, recorded.attempt, 'first');
    return { kind: 'attempted', attempt: recorded.attempt };
  };

  return {
    /** Reads for the whole batch at once; then each record is worked on by itself, side by side. */
    async prepare(deliveries: readonly Delivery[]) {
      const contexts = await deps.reader.read(deliveries);
      return (index: number, receipt: Receipt): Promise<Delivered> => {
        const delivery = deliveries[index];
        const context = contexts[index];
        if (delivery === undefined || context === undefined)
          throw new Error(`no record ${index} in this batch`);
        return one(delivery, context, receipt);
      };
    },
  };
};
