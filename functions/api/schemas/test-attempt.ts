import * as z from 'zod';
import { responseHeaders } from '../../deliver/attempts/response-headers.domain.ts';
import { causeOfStatus } from '../../deliver/causes.domain.ts';
import { explain, receiverOf } from '../../deliver/explanation.domain.ts';
import type { Cause } from '../../deliver/explanation.domain.ts';
import { requestHeaders } from '../../deliver/http-client/request-headers.ts';
import type { OutboundRequest, OutboundResult } from '../../deliver/http-client/outbound.port.ts';
import type { TestAttempt } from '../../deliver/test-attempt.flow.ts';
import { memoize } from '../memoize.ts';
import { instant } from '../wire/json.ts';
import { causeOut, headerOut, phasesOut, printPhases, printResponseHeaders } from './attempt-details.ts';
import type { ShownHeader } from './attempt-details.ts';
import { exampleFields } from '../event-example.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

/** The most characters of the sent body that an answer repeats. */
const SHOWN_BODY = 100_000;

export const testAttemptIn = memoize(() => {
  const { eventType, ...fields } = exampleFields();
  return z
    .object({
      eventType: eventType.nullish().meta({ description: '`svix.ping` if omitted' }),
      ...fields,
    })
    .meta({ id: 'TestAttemptIn' });
});

export const testAttemptOut = component('TestAttemptOut', () => ({
  messageId: z.string().meta({ description: 'The id that was sent; no message has it' }),
  timestamp: z.string().meta({ format: 'date-time' }),
  succeeded: z.boolean(),
  cause: causeOut().nullable().meta({ description: 'null after a success' }),
  request: z
    .object({
      method: z.literal('POST'),
      url: z.string(),
      headers: z.array(headerOut()),
      body: z.string(),
      bodyTruncated: z.boolean().meta({ description: `Cut off after ${SHOWN_BODY} characters` }),
    })
    .meta({ id: 'TestRequestOut' }),
  response: z
    .object({
      statusCode: z.int(),
      headers: z.array(headerOut()),
      truncated: z.boolean().meta({ description: 'true: some headers are left out' }),
      body: z.string().meta({ description: 'The first 20,000 bytes' }),
    })
    .nullable()
    .meta({ id: 'TestResponseOut', description: 'null if none arrived' }),
  durationMs: z.int(),
  phases: phasesOut().nullable().meta({ description: 'null if a connection was reused' }),
  timeoutMs: z.int().meta({ description: 'The time limit of this request' }),
}));

type Sent = Extract<TestAttempt, { kind: 'sent' }>;

const causeOf = (result: OutboundResult): Cause | null =>
  result.kind === 'response' ? causeOfStatus(result.status) : result.cause;

const printCause = ({ request, result }: Sent) => {
  const cause = causeOf(result);
  return cause === null
    ? null
    : explain(cause, {
        ...receiverOf(request.url),
        ...{ status: result.status, timeoutSeconds: request.timeoutMs / 1000 },
      });
};

/** The header fields as they were sent. */
const headersOf = ({ url, signed, custom, body }: OutboundRequest) => {
  const parsed = URL.parse(url);
  return parsed === null ? signed : requestHeaders(parsed, { signed, custom }, body.length);
};

const printResponse = (result: OutboundResult) => {
  if (result.kind !== 'response') return null;
  const { fields, truncated } = responseHeaders(result.fields);
  return {
    ...{ statusCode: result.status, truncated, body: result.body },
    headers: printResponseHeaders({ fields, truncated }),
  };
};

/** `show`: masks what the caller may not see. */
export const printTestAttempt = (
  sent: Sent,
  show: (headers: ReturnType<typeof headersOf>) => ShownHeader[],
): ValueOf<typeof testAttemptOut> => {
  const { messageId, at, request, result } = sent;
  const text = Buffer.from(request.body).toString();
  return {
    ...{ messageId, timestamp: instant(at), succeeded: causeOf(result) === null, cause: printCause(sent) },
    request: {
      ...{ method: 'POST', url: request.url, headers: show(headersOf(request)) },
      ...{ body: text.slice(0, SHOWN_BODY), bodyTruncated: text.length > SHOWN_BODY },
    },
    response: printResponse(result),
    ...{ durationMs: result.durationMs, phases: printPhases(result.phases), timeoutMs: request.timeoutMs },
  };
};
