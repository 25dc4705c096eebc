import { logNormal } from '../engine/random.ts';
import type { Random } from '../engine/random.ts';
import { CONNECT_MS } from '../model/measured.ts';
import type { Scenario } from '../scenario.ts';
import type { Delivery, Policy } from './delivery.ts';
import { MINUTE_MS } from '../../../functions/platform/limits/time.domain.ts';

/** How a receiver answers one request. */
export interface Response {
  /** Until the request arrives, and until its attempt is over. */
  readonly connectMs: number;
  readonly durationMs: number;
  readonly succeeded: boolean;
  readonly timedOut: boolean;
  /** Seconds. */
  readonly retryAfter: number | null;
}

export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

export const outageOf = ({ outage }: Scenario): Window | undefined =>
  outage === undefined
    ? undefined
    : {
        fromMs: outage.atMinute * MINUTE_MS,
        untilMs: (outage.atMinute + outage.minutes) * MINUTE_MS,
      };

/** For so long after a spike its backlog may delay other messages. */
const AFTER_SPIKE_MINUTES = 10;

/**
 * The spikes of a scenario, each with the time in which its backlog is delivered. The start is one of them: a run begins at
 * full load with the few pollers of an idle queue.
 */
export const spikesOf = ({ spikes }: Scenario): readonly Window[] =>
  [{ atMinute: 0, minutes: 0 }, ...spikes].map(({ atMinute, minutes }) => ({
    fromMs: atMinute * MINUTE_MS,
    untilMs: (atMinute + minutes + AFTER_SPIKE_MINUTES) * MINUTE_MS,
  }));

/** Time until a connection is refused. */
const REFUSED_MS = 20;

export const makeReceivers = (random: Random, scenario: Scenario, { requestTimeoutMs }: Policy) => {
  const window = scenario.outage?.of === 'delivery' ? undefined : outageOf(scenario);
  const hangs = scenario.outage?.of === 'hanging receivers';
  const refused: Response = {
    ...{ connectMs: REFUSED_MS, durationMs: REFUSED_MS, succeeded: false, timedOut: false, retryAfter: null },
  };
  const timeout: Response = {
    ...{ connectMs: CONNECT_MS.p50, durationMs: requestTimeoutMs, succeeded: false, timedOut: true },
    retryAfter: null,
  };

  /** The response to a request that is sent at an instant. */
  return ({ endpoint: { receiver, inOutage } }: Delivery, atMs: number): Response => {
    if (inOutage && window !== undefined && atMs >= window.fromMs && atMs < window.untilMs)
      return hangs ? timeout : refused;
    if (receiver.hangs) return timeout;
    const { p50, p95 } = receiver.connectMs ?? CONNECT_MS;
    const connectMs = logNormal(random, p50, p95);
    const durationMs = connectMs + logNormal(random, receiver.latencyMs.p50, receiver.latencyMs.p95);
    if (durationMs > requestTimeoutMs) return timeout;
    const succeeded = !random.chance(receiver.failures);
    const retryAfter = succeeded ? null : (receiver.retryAfter ?? null);
    return { connectMs, durationMs, succeeded, timedOut: false, retryAfter };
  };
};

export type Respond = ReturnType<typeof makeReceivers>;
