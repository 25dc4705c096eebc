import type { OutboundResult } from './outbound.port.ts';
import { ConnectFailure, describe, errorCode } from './connect-failure.ts';
import type { FailureCause } from './connect-failure.ts';
import type { Instant } from './deadline.ts';
import { msSince } from './deadline.ts';
import type { Exchange } from './exchange.ts';

/** A transport error this soon after the start is tried again at once (the Svix contract). */
const QUICK_RETRY_MS = 1_000;

/** undici's codes for a request that it will not put on the wire. */
const UNSENDABLE = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

/** What the send looked like from here. */
export interface SendFacts {
  start: Instant;
  timeoutMs: number;
  transportRetry: boolean;
}

/** Whether the connection failed, and so early that a second try at once is due. */
export function worthAnotherTry(result: Exchange, start: Instant): boolean {
  if (result.kind !== 'failed' || msSince(start) >= QUICK_RETRY_MS) return false;
  const cause = causeOf(result.error);
  return cause !== 'blocked' && cause !== 'timeout' && cause !== 'unsendable';
}

/** An exchange in the words of the port. */
export function outcome(result: Exchange, facts: SendFacts): OutboundResult {
  const { start, timeoutMs, transportRetry } = facts;
  switch (result.kind) {
    case 'response': {
      const { headersAt, ...response } = result;
      return { ...response, durationMs: Math.round(headersAt - start) };
    }
    case 'timeout': {
      const message = `the endpoint did not answer within ${timeoutMs / 1000} seconds`;
      return {
        kind: 'error',
        cause: 'timeout',
        message,
        durationMs: Math.round(msSince(start)),
        transportRetry,
      };
    }
    case 'failed': {
      const message = result.error instanceof Error ? describe(result.error) : String(result.error);
      const durationMs = Math.round(msSince(start));
      return { kind: 'error', cause: causeOf(result.error), message, durationMs, transportRetry };
    }
  }
}

/** A request that cannot be put on the wire at all. */
export function unsendable(message: string): OutboundResult {
  return { kind: 'error', cause: 'unsendable', message, durationMs: 0, transportRetry: false };
}

function causeOf(error: unknown): FailureCause {
  if (error instanceof ConnectFailure) return error.failure;
  return UNSENDABLE.has(errorCode(error) ?? '') ? 'unsendable' : 'reset';
}
