import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { Step } from '../platform/steps/steps.ts';
import type { PayloadObjects } from '../messages/payload-objects.port.ts';

/** The port to the rows that hold contents. Every operation is idempotent. */
export interface ContentRows {
  /**
   * Removes the payload from a message's row and keeps the row. Returns the key of the S3 object that held the payload,
   * also on a repeat; null if the payload was inline. `by`: the task that erases it, to be kept in the row; null: none.
   */
  removePayload(message: Message, by: string | null): Promise<string | null>;
  /** Overwrites an attempt's response. */
  overwriteResponse(attempt: Attempt): Promise<void>;
}

/** The port to payloads in S3. */
export interface ExpungeDeps {
  readonly rows: ContentRows;
  readonly objects: Pick<PayloadObjects, 'remove'>;
  readonly step: Step;
}

export interface Expunge {
  /**
   * Once it returns, no function reads or sends the payload; queued deliveries are canceled when they are received. `by`:
   * the task that erases it.
   */
  messageContent(message: Message, by?: string): Promise<void>;
  attemptContent(attempt: Attempt): Promise<void>;
}

/**
 * Erases contents and keeps the message or attempt itself. The row is changed before the S3 object is deleted, so no
 * reader is pointed to a deleted object. After a crash between the two, a repeat finds the key in the row.
 */
export const makeExpunge = ({ rows, objects, step }: ExpungeDeps): Expunge => ({
  async messageContent(message, by) {
    const key = await rows.removePayload(message, by ?? null);
    await step('expunge.row-cleared');
    if (key !== null) await objects.remove(key);
  },
  attemptContent: (attempt) => rows.overwriteResponse(attempt),
});
