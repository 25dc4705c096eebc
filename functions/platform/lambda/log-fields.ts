import { AsyncLocalStorage } from 'node:async_hooks';

/** The objects that a log line concerns. The field `message` is Powertools' own: it has the text of the line. */
export interface LogFields {
  readonly orgId?: string;
  readonly appId?: string;
  readonly messageId?: string;
  readonly endpointId?: string;
  /** The number of a scheduled attempt, from 1. */
  readonly attemptNumber?: number;
  /** The id of the request that caused a manual attempt (a resend or a recover). */
  readonly resendRequest?: string;
  readonly taskId?: string;
}

const storage = new AsyncLocalStorage<() => LogFields>();

/**
 * Adds fields to the log lines that `work` writes, but not to those of concurrent work, since the records of a batch are
 * processed concurrently. Calls `fieldsOf` for each line, so that work without log lines costs nothing.
 */
export const withLogFields = <Result>(fieldsOf: () => LogFields, work: () => Result): Result =>
  storage.run(fieldsOf, work);

/** The log fields of the current work; none if `fieldsOf` throws (for a queue message that cannot be parsed, say). */
export const currentLogFields = (): LogFields => {
  try {
    return storage.getStore()?.() ?? {};
  } catch {
    return {};
  }
};
