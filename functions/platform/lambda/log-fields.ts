import { AsyncLocalStorage } from 'node:async_hooks';

/** What a log line is about, as far as it applies. `message` is taken: Powertools keeps the text of the line there. */
export interface LogFields {
  readonly orgId?: string;
  readonly appId?: string;
  readonly messageId?: string;
  readonly endpointId?: string;
  /** Of a scheduled attempt, from 1. */
  readonly attemptNumber?: number;
  /** The request that a manual attempt (a resend, a recovery) came from. */
  readonly resendRequest?: string;
  readonly taskId?: string;
}

const storage = new AsyncLocalStorage<() => LogFields>();

/**
 * Adds fields to each log line that `work` writes, and to no line of work beside it: records of a batch are processed
 * concurrently. `fieldsOf` is called for each line, so work that logs nothing costs nothing.
 */
export const withLogFields = <Result>(fieldsOf: () => LogFields, work: () => Result): Result =>
  storage.run(fieldsOf, work);

/** The fields of the current work. What cannot be described (a queue message that cannot be parsed) has none. */
export const currentLogFields = (): LogFields => {
  try {
    return storage.getStore()?.() ?? {};
  } catch {
    return {};
  }
};
