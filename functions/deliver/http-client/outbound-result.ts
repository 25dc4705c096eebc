import type { CauseFacts, TransportCause } from '../causes.domain.ts';
import { causeOfBreak, isReset, sentenceOf } from '../causes.domain.ts';
import type { Exchange } from './exchange.ts';
import { responseText } from './response-text.domain.ts';
import type { ConnectPhases } from './connect-phases.domain.ts';
import type { OutboundResult } from './outbound.port.ts';
import { errorCode } from './connect-failure.ts';
import type { Instant } from './deadline.ts';
import { msSince } from './deadline.ts';

/** What the sender knows about a request. */
export interface SendFacts {
  readonly start: Instant;
  readonly url: URL;
  readonly timeoutMs: number;
  readonly repeated: boolean;
  readonly phases?: ConnectPhases | undefined;
}

/**
 * Whether the receiver had closed an idle connection before the request arrived, so that a new one must be tried: TCP
 * responds to data for a closed connection with a reset, while a receiver that read the request closes without one.
 */
export const wasClosedBefore = (exchange: Exchange): boolean =>
  exchange.kind === 'broken' && isReset(errorCode(exchange.error));

interface Failure {
  readonly cause: TransportCause;
  readonly status?: number;
  readonly detail?: string;
}

const failureOf = (exchange: Exclude<Exchange, { kind: 'response' }>): Failure => {
  switch (exchange.kind) {
    case 'timeout':
      return { cause: 'timeout_response', status: exchange.status };
    case 'broken': {
      const { error } = exchange;
      return { cause: error === undefined ? 'connection_closed' : causeOfBreak(errorCode(error)) };
    }
    case 'fault': {
      const { fault, status } = exchange;
      return fault.kind === 'header-too-large'
        ? { cause: 'header_too_large', status }
        : { cause: 'protocol_error', status, detail: fault.reason };
    }
  }
};

const phasesOf = ({ phases }: SendFacts) => (phases === undefined ? {} : { phases });

const factsOf = ({ url, timeoutMs }: SendFacts, { status = 0, detail }: Failure): CauseFacts => ({
  host: url.hostname,
  port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
  timeoutSeconds: timeoutMs / 1000,
  status,
  ...(detail !== undefined && { detail }),
});

/** A failure as the result of the port. */
export const failed = (failure: Failure, facts: SendFacts): OutboundResult => ({
  kind: 'error',
  cause: failure.cause,
  message: sentenceOf(failure.cause, factsOf(facts, failure)),
  status: failure.status ?? 0,
  durationMs: Math.round(msSince(facts.start)),
  repeated: facts.repeated,
  ...phasesOf(facts),
});

/** An exchange as the result of the port. */
export const outcome = (exchange: Exchange, facts: SendFacts): OutboundResult => {
  if (exchange.kind !== 'response') return failed(failureOf(exchange), facts);
  const { status, fields, body: bytes, complete, headersAt } = exchange;
  return {
    kind: 'response',
    status,
    fields,
    body: responseText({
      bytes,
      complete,
      contentType: fields.get('content-type'),
      contentEncoding: fields.get('content-encoding'),
    }),
    durationMs: Math.round(headersAt - facts.start),
    ...phasesOf(facts),
  };
};
