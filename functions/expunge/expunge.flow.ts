import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { Step } from '../platform/steps/steps.ts';

/** The port to the rows that hold contents. All of it is safe to repeat. */
export interface ContentRows {
  /**
   * Takes the payload out of a message's row, which stays. Answers the key of the object that the row named, also on a
   * repeat; null where there was none.
   */
  forgetPayload(message: Message): Promise<string | null>;
  /** Overwrites an attempt's response. */
  forgetResponse(attempt: Attempt): Promise<void>;
}

/** The port to payloads that lie apart from their rows. */
export interface PayloadObjects {
  remove(key: string): Promise<void>;
}

export interface ExpungeDeps {
  readonly rows: ContentRows;
  readonly objects: PayloadObjects;
  readonly step: Step;
}

export interface Expunge {
  /** From the moment it returns nobody reads or sends the payload; deliveries that wait are dropped at their turn. */
  messageContent(message: Message): Promise<void>;
  attemptContent(attempt: Attempt): Promise<void>;
}

/**
 * Erases contents and keeps the record that there was something. The row forgets first, so no reader is led to an
 * object that is gone; a crash before the object went is mended by a repeat, since the row remembers the key.
 */
export const makeExpunge = ({ rows, objects, step }: ExpungeDeps): Expunge => ({
  async messageContent(message) {
    const key = await rows.forgetPayload(message);
    await step('expunge.forgotten');
    if (key !== null) await objects.remove(key);
  },
  attemptContent: (attempt) => rows.forgetResponse(attempt),
});
