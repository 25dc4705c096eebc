import * as z from 'zod';
import { nextAttemptAt } from '../../deliver/attempts/attempt.domain.ts';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import type { ResponseHeaders } from '../../deliver/attempts/response-headers.domain.ts';
import { hasResponse } from '../../deliver/causes.domain.ts';
import { explainAttempt } from '../../deliver/explanation.domain.ts';
import type { ConnectPhases } from '../../deliver/http-client/connect-phases.domain.ts';
import { instant } from '../wire/json.ts';
import { memoize } from '../memoize.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

/** A header field; `value` null: it is not shown. */
export interface ShownHeader {
  readonly name: string;
  readonly value: string | null;
}

const milliseconds = () => z.int().meta({ description: 'Milliseconds' });

export const causeOut = component('CauseOut', () => ({
  code: z.string().meta({ examples: ['timeout_response', 'canceled:endpoint_disabled'] }),
  sentence: z.string().meta({ description: 'What happened' }),
  advice: z.string().meta({ description: 'What to do about it; may be empty' }),
}));

export const headerOut = component('HeaderOut', () => ({
  name: z.string(),
  value: z.string().nullable().meta({ description: 'null: not shown' }),
}));

export const phasesOut = memoize(() =>
  z
    .object({
      dnsMs: milliseconds().optional(),
      connectMs: milliseconds().optional(),
      tlsMs: milliseconds().optional(),
    })
    .meta({
      id: 'ConnectPhasesOut',
      description: 'Phases of connecting; one that was not reached is absent',
    }),
);

const requestOut = component('AttemptRequestOut', () => ({
  method: z.literal('POST'),
  url: z.string(),
  asSent: z.boolean().meta({
    description: 'false: the endpoint was changed since, and the headers are those that it has now',
  }),
  headers: z.array(headerOut()),
}));

const responseOut = component('AttemptResponseOut', () => ({
  headers: z.array(headerOut()),
  truncated: z.boolean().meta({ description: 'true: some headers were not stored' }),
}));

const DECISIONS = ['succeeded', 'retry', 'exhausted', 'gone', 'manual-failed', 'canceled'] as const;

export const attemptDetailsOut = component('AttemptDetailsOut', () => ({
  cause: causeOut().nullable().meta({ description: 'null after a success' }),
  request: requestOut().nullable().meta({ description: 'null for a canceled delivery' }),
  response: responseOut().nullable().meta({ description: 'null if no response arrived' }),
  durationMs: milliseconds(),
  phases: phasesOut().nullable().meta({ description: 'null if they were not stored' }),
  trigger: z
    .object({
      kind: z.enum(['scheduled', 'manual']),
      number: z.int().nullable().meta({ description: 'The attempt number; null for a resend' }),
      replayed: z.boolean().meta({ description: 'Of a schedule that replay-missing started' }),
    })
    .meta({ id: 'AttemptTriggerOut' }),
  decision: z.enum(DECISIONS).meta({ description: 'What followed from the attempt' }),
  nextAttemptAt: z
    .string()
    .nullable()
    .meta({ format: 'date-time', description: 'When the retry after it is or was due; null: none' }),
  receiverRequests: z.array(z.string()).meta({ description: 'What the receiver asked for' }),
}));

export const printResponseHeaders = ({ fields }: ResponseHeaders): ShownHeader[] =>
  fields.map(([name, value]) => ({ name, value }));

/** Nothing is known of a response whose headers were not stored. */
const NOT_STORED: ResponseHeaders = { fields: [], truncated: true };

const printResponse = ({ cause, responseHeaders = NOT_STORED }: Attempt) =>
  hasResponse(cause)
    ? { headers: printResponseHeaders(responseHeaders), truncated: responseHeaders.truncated }
    : null;

export const printPhases = (phases: ConnectPhases | undefined): ConnectPhases | null =>
  phases === undefined ? null : { ...phases };

const printTrigger = ({ trigger }: Attempt) =>
  trigger.kind === 'manual'
    ? { kind: trigger.kind, number: null, replayed: false }
    : { kind: trigger.kind, number: trigger.number, replayed: trigger.series !== undefined };

/** The request of an attempt, as far as it is known. */
export interface KnownRequest {
  readonly asSent: boolean;
  readonly headers: readonly ShownHeader[];
}

/** `withContent` false: response headers were not read. */
export const printDetails = (
  attempt: Attempt,
  request: KnownRequest | null,
  withContent: boolean,
): ValueOf<typeof attemptDetailsOut> => {
  const next = nextAttemptAt(attempt);
  return {
    cause: explainAttempt(attempt),
    request: request && {
      ...{ method: 'POST', url: attempt.url, asSent: request.asSent },
      headers: [...request.headers],
    },
    response: withContent ? printResponse(attempt) : null,
    durationMs: attempt.responseDurationMs,
    phases: printPhases(attempt.phases),
    trigger: printTrigger(attempt),
    decision: attempt.decision.kind,
    nextAttemptAt: next === null ? null : instant(next),
    receiverRequests: [...(attempt.receiverRequests ?? [])],
  };
};
