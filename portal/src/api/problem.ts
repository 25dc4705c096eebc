import { isRecord } from '../lib/records.ts';

/** A refusal or failure of the API. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Field errors of a 422, by the path of the field below `body`. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, code: string, detail: string, fields: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** No answer: no connection, or none in time. */
export class NoAnswer extends Error {
  readonly reason: 'network' | 'timeout';

  constructor(reason: 'network' | 'timeout', cause: unknown) {
    super(reason, { cause });
    this.name = 'NoAnswer';
    this.reason = reason;
  }
}

const TOO_MANY_REQUESTS = 429;

/** Whether the same request may succeed later: without an answer, after a fault of the server, or when it was too early. */
export const isTemporary = (thrown: unknown): boolean =>
  thrown instanceof NoAnswer ||
  (thrown instanceof ApiError && (thrown.status >= 500 || thrown.status === TOO_MANY_REQUESTS));

const UNAUTHORIZED = 401;

/** Whether the API no longer accepts the token, which the page says for the whole session. */
export const isSessionEnd = (thrown: unknown): boolean =>
  thrown instanceof ApiError && thrown.status === UNAUTHORIZED;

const NOT_FOUND = 404;

/** Whether the API says that something does not exist, or no longer; not a 404 of a proxy or of another server. */
export const isMissing = (thrown: unknown): boolean =>
  thrown instanceof ApiError && thrown.status === NOT_FOUND && thrown.code === 'not_found';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `{detail: [{loc: ['body', 'url'], msg}]}` by field. */
const fieldErrors = (detail: unknown): Readonly<Record<string, string>> => {
  if (!Array.isArray(detail)) return {};
  const fields: Record<string, string> = {};
  for (const { loc, msg } of detail.filter(isRecord)) {
    const path = Array.isArray(loc) ? loc.map(String).filter((part) => part !== 'body' && part !== '') : [];
    fields[path.join('.')] = text(msg);
  }
  return fields;
};

/** The error in a response that is not a success; `body` null: not JSON. */
export const problemOf = (status: number, body: unknown): ApiError => {
  if (!isRecord(body)) return new ApiError(status, `status_${status}`, '');
  const fields = fieldErrors(body['detail']);
  const [first = ''] = Object.values(fields);
  return new ApiError(
    status,
    text(body['code']) || `status_${status}`,
    text(body['detail']) || first,
    fields,
  );
};
