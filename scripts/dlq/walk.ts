import type { SQSClient } from '@aws-sdk/client-sqs';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { chunksOf } from '../../functions/platform/concurrency/chunks.ts';
import { Problem } from '../local/problem.ts';
import { rawDeadLetter } from './dead-letter.ts';
import type { RawDeadLetter } from './dead-letter.ts';

/** Records that were looked at stay out of sight for this long, or until the pass is over (seconds). */
const HIDDEN = 900;
/** SQS allows 120,000 records out of sight at a time. */
const MOST_HELD = 100_000;
/** A long poll asks all of SQS's servers; nothing twice in a row means that nothing is left. */
const EMPTY_POLLS = 2;
const POLL_SECONDS = 1;
const BATCH = 10;

/** One pass over a dead letter queue that shows each record once. Always ends in `release`. */
export interface Walk {
  /** Up to ten records that this pass has not shown yet; undefined: that was all. */
  next(): Promise<readonly RawDeadLetter[] | undefined>;
  /** Takes a record out for good. */
  remove(deadLetters: readonly RawDeadLetter[]): Promise<void>;
  /** Puts everything that was shown and not removed back in sight. */
  release(): Promise<void>;
}

/** `startedAt`: what was sent later came back from this very pass, and belongs to the next one. */
export const walk = (sqs: SQSClient, QueueUrl: string, startedAt: number): Walk => {
  const held = new Map<string, string>();
  const removed = new Set<string>();

  const receive = async (): Promise<readonly RawDeadLetter[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: HIDDEN,
        WaitTimeSeconds: POLL_SECONDS,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages.map(rawDeadLetter).filter((deadLetter) => deadLetter !== undefined);
  };

  return {
    async next() {
      for (let empty = 0; empty < EMPTY_POLLS;) {
        if (held.size >= MOST_HELD)
          throw new Problem(`${MOST_HELD} letters are no match: replay or discard some of them first.`);
        const found = await receive();
        empty = found.length === 0 ? empty + 1 : 0;
        // SQS may show a record twice, and does when a pass takes longer than it hides them.
        const fresh = found.filter(
          ({ id, sentAt }) => !held.has(id) && !removed.has(id) && sentAt <= startedAt,
        );
        for (const { id, handle } of found) held.set(id, handle);
        if (fresh.length > 0) return fresh;
      }
      return undefined;
    },

    async remove(deadLetters) {
      for (const some of chunksOf(deadLetters, BATCH)) {
        const Entries = some.map(({ id, handle }, index) => ({
          Id: String(index),
          ReceiptHandle: held.get(id) ?? handle,
        }));
        const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
        const remaining = new Set(Failed.map(({ Id }) => Id));
        for (const [index, { id }] of some.entries()) {
          if (remaining.has(String(index))) continue;
          held.delete(id);
          removed.add(id);
        }
        if (remaining.size > 0)
          throw new Error(`${remaining.size} letters were replayed and not removed: run it again`);
      }
    },

    async release() {
      for (const some of chunksOf([...held], BATCH)) {
        const Entries = some.map(([, ReceiptHandle], index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout: 0,
        }));
        await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      }
      held.clear();
    },
  };
};
