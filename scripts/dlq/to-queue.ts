import { z } from 'zod';
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

/** Sends dead letters to their source queue with the same body, so the same delivery, and the same message group. */
export const toQueue = (sqs: SqsClient, queueUrl: string): Replay => {
  const sendAll = makeSendAll(sqs, queueUrl);
  return async (deadLetters) => {
    await sendAll(
      deadLetters.map((deadLetter) => ({
        body: bodyOf(deadLetter),
        group: deadLetter.group ?? deadLetter.appId ?? 'replayed',
      })),
    );
    return { done: deadLetters, remaining: [] };
  };
};
