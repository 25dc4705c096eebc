import { z } from 'zod';
import { ATTRIBUTE } from '../../functions/ingest/record-attributes.ts';
import { makeSendAll } from '../../functions/platform/sqs/client.sqs.ts';
import type { QueuedDeadLetter } from './dead-letter.ts';
import type { SqsClient } from '../../functions/platform/aws/command.ts';
import type { Replay } from './pass.ts';

/** sweep dead-letters a due item that it cannot parse as a whole; `rec` of the item is the queue message. */
const dueItem = z.object({ at: z.number(), rec: z.string() });

const bodyOf = ({ body }: QueuedDeadLetter): string => {
  try {
    const item = dueItem.safeParse(JSON.parse(body));
    return item.success ? item.data.rec : body;
  } catch {
    return body; // not JSON
  }
};

/** SQS's limit for a message with its attributes, less what one with an event id takes. */
const MOST_BYTES_WITH_EVENT_ID = 1_048_576 - 300;

/** The new queue message has another id, so it carries the one that is the event id of a record without one. */
const eventIdOf = ({ id, record = id, body, attributes }: QueuedDeadLetter) =>
  Buffer.byteLength(body) > MOST_BYTES_WITH_EVENT_ID
    ? {}
    : { attributes: { [ATTRIBUTE.eventId]: attributes[ATTRIBUTE.eventId] ?? record } };

/** Sends dead letters to their source queue with the same body, so the same delivery, and the same message group. */
export const toQueue = (sqs: SqsClient, queueUrl: string, keepsEventId = false): Replay => {
  const sendAll = makeSendAll(sqs, queueUrl);
  return async (deadLetters) => {
    await sendAll(
      deadLetters.map((deadLetter) => ({
        body: bodyOf(deadLetter),
        group: deadLetter.group ?? deadLetter.appId ?? 'replayed',
        ...(keepsEventId ? eventIdOf(deadLetter) : {}),
      })),
    );
    return { done: deadLetters, remaining: [] };
  };
};
