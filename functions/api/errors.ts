import { RangeTooLong } from '../platform/dynamodb/table.ts';
import { stringify } from './wire/json.ts';
import type { Json } from './wire/json.ts';

/** Status and default detail of each refusal, by its code on the wire. */
const REFUSALS = {
  generic_error: { status: 400, detail: 'Bad request' },
  bad_token: { status: 400, detail: '`sub` is not a valid organization id.' },
  'bad token': { status: 400, detail: '`sub` is not a valid application id' },
  invalid_range: { status: 400, detail: 'The requested range is invalid' },
  invalid_scheme: { status: 400, detail: 'Unable to generate example message from event-type schema' },
  missing_payload: {
    status: 400,
    detail: 'Unable to resend message: its payload has expired or was expunged',
  },
  message_canceled: {
    status: 400,
    detail: 'Unable to resend message: it was canceled before it was due',
  },
  endpoint_disabled: {
    status: 400,
    detail: 'Nothing is sent to a disabled endpoint: enable it first',
  },
  limit_reached: { status: 400, detail: 'Limit reached' },
  authentication_failed: { status: 401, detail: 'Invalid token' },
  'insufficient access': { status: 403, detail: 'Insufficient access for the given operation.' },
  not_found: { status: 404, detail: 'Entity not found' },
  method_not_allowed: { status: 405, detail: 'This path has other methods: see the Allow header.' },
  conflict: { status: 409, detail: 'A conflict has occurred' },
  event_type_exists: { status: 409, detail: 'An event_type with this name already exists' },
  payload_too_large: { status: 413, detail: 'Request payload is too large.' },
  too_many_requests: {
    status: 429,
    detail: 'Too many messages: publish again after the seconds in Retry-After.',
  },
  request_in_progress: {
    status: 503,
    detail:
      'The first request with this idempotency key is still being worked on: repeat this one after the seconds in ' +
      'Retry-After.',
  },
  not_implemented: { status: 501, detail: 'This operation is not implemented.' },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A 4xx or 5xx response to an expected error, with `{code, detail}`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** Additional response headers. */
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: RefusalCode, detail?: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail ?? REFUSALS[code].detail);
    this.code = code;
    this.headers = headers;
  }
}

/** One validation error of a 422. `loc` begins with `body`, `query` or `path`. */
export interface ValidationError {
  readonly loc: readonly string[];
  readonly msg: string;
  readonly type: string;
}

export class Invalid extends Error {
  override readonly name = 'Invalid';
  readonly errors: readonly ValidationError[];
  constructor(errors: readonly ValidationError[]) {
    super('validation failed');
    this.errors = errors;
  }
}

/** A 422 with one validation error. */
export const invalid = (loc: readonly string[], msg: string, type = 'value_error') =>
  new Invalid([{ loc, msg, type }]);

/** A 400 in plain text, as the contract's server answers where its framework parses the query. */
export class PlainRefusal extends Error {
  override readonly name = 'PlainRefusal';
}

export interface Reply {
  readonly status: number;
  /** JSON; absent: no body, or `text`. */
  readonly body?: Json;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The response to a fault of the service. */
export const FAULT: Reply = { status: 500, body: {} };

const TOO_MUCH_TO_READ =
  'There is more than one request can read. Ask for the attempts at one endpoint (`endpoint_id`).';

/** The response to a thrown error; undefined: it is a fault of the service. */
export const replyTo = (thrown: unknown): Reply | undefined => {
  if (thrown instanceof Invalid) {
    return { status: 422, body: { detail: thrown.errors.map((error) => ({ ...error })) } };
  }
  if (thrown instanceof Refusal) {
    const { code, message: detail, headers } = thrown;
    return { status: REFUSALS[code].status, body: { code, detail }, headers };
  }
  if (thrown instanceof RangeTooLong) {
    return { status: 400, body: { code: 'limit_reached', detail: TOO_MUCH_TO_READ } };
  }
  if (thrown instanceof PlainRefusal) return { status: 400, text: thrown.message };
  return undefined;
};

export const replyText = (reply: Reply): string | null =>
  reply.body === undefined ? null : stringify(reply.body);
