import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../flows/dead-letter.ts';
import { makeSendAll } from './sqs.ts';

const VERSION = 1;
/** Reasons may quote a whole item. */
const LONGEST_REASON = 4_000;

/** Puts what can never succeed into a consumer's dead letter queue, with its story. */
export const makeDeadLetters = (sqs: SQSClient, queueUrl: string): DeadLetters => {
  const sendAll = makeSendAll(sqs, queueUrl);
  return {
    send: (letters) =>
      sendAll(
        letters.map((letter) => ({
          body: JSON.stringify({
            v: VERSION,
            type: 'stream-record',
            ...letter,
            reason: letter.reason.slice(0, LONGEST_REASON),
          }),
          group: letter.source,
        })),
      ),
  };
};
