import type {
  Outbound,
  OutboundRequest,
  OutboundResult,
} from '../../../functions/deliver/http-client/outbound.port.ts';
import type { VirtualClock } from './clock.ts';

/** One request as an endpoint received it. */
export interface Received {
  readonly url: string;
  readonly messageId: string;
  readonly at: number;
  /** How often this URL has received this message, this request included. */
  readonly time: number;
}

export interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly retryAfter?: string;
  /** Its `webhook-delivery` header. */
  readonly deliveryControl?: string;
  /** Virtual milliseconds until the answer; past the request's timeout there is none. */
  readonly delayMs?: number;
  /** Hangs up instead of answering. */
  readonly reset?: boolean;
}

/** What an endpoint answers. */
export type Script = (received: Received) => Answer;

export interface Receivers extends Outbound {
  readonly answer: (url: string, script: Script) => void;
  readonly received: () => readonly Received[];
}

/** One message at one URL. */
export type Pair = string;

export const pairAt = (url: string, messageId: string): Pair => `${url} ${messageId}`;

export const messageIdOf = ({ signed }: OutboundRequest): string =>
  signed.find(([name]) => name === 'svix-id' || name === 'webhook-id')?.[1] ?? '';

/** All endpoints of the simulation. Without a script they answer 200 at once. */
export const makeReceivers = (clock: VirtualClock): Receivers => {
  const scripts = new Map<string, Script>();
  const times = new Map<string, number>();
  const received: Received[] = [];

  const send = async (request: OutboundRequest): Promise<OutboundResult> => {
    const { url, timeoutMs } = request;
    const messageId = messageIdOf(request);
    const key = pairAt(url, messageId);
    const one: Received = { url, messageId, at: clock.now(), time: (times.get(key) ?? 0) + 1 };
    times.set(key, one.time);
    received.push(one);
    const answer = scripts.get(url)?.(one) ?? {};
    const { status = 200, body = '', retryAfter, deliveryControl, delayMs = 0, reset = false } = answer;
    const durationMs = Math.min(delayMs, timeoutMs);
    if (durationMs > 0) await clock.sleep(durationMs);
    const error = { kind: 'error', status: 0, durationMs, repeated: false } as const;
    if (reset) return { ...error, cause: 'connection_closed', message: 'hung up' };
    if (delayMs >= timeoutMs) {
      return { ...error, cause: 'timeout_response', message: 'no answer' };
    }
    const fields = new Map([
      ...(retryAfter === undefined ? [] : [['retry-after', retryAfter] as const]),
      ...(deliveryControl === undefined ? [] : [['webhook-delivery', deliveryControl] as const]),
    ]);
    return { kind: 'response', status, fields, body, durationMs };
  };

  return {
    send,
    answer: (url, script) => scripts.set(url, script),
    received: () => received,
  };
};
