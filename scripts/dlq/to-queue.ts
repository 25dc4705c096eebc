import type { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { makeSendAll } from '../../functions/platform/sqs/client.sqs.ts';
import type { QueuedDeadLetter } from './dead-letter.ts';
import type { Replay } from './pass.ts';

/** What the sweep could not read went to the queue as the whole due item; the errand is in its `rec`. */
const dueItem = z.object({ at: z.number(), rec: z.string() });

const bodyOf = ({ body }: QueuedDeadLetter): string => {
  try {
    const item = dueItem.safeParse(JSON.parse(body));
    return item.success ? item.data.rec : body;
  } catch {
    return body; // no JSON: as it came
  }
};

/** Back to the queue that it died on: the same text, so the same identity, and the same fair group. */
export const toQueue = (sqs: SQSClient, queueUrl: string): Replay => {
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
