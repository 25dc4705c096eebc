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

/** Visibility timeout of the records that a pass receives (seconds); `release` ends it earlier. */
const VISIBILITY_TIMEOUT = 900;
/** SQS allows 120,000 messages in flight. */
const MAX_IN_FLIGHT = 100_000;
/** A long poll queries all SQS servers; this many empty answers in a row mean that the queue is empty. */
const EMPTY_POLLS = 2;
const POLL_SECONDS = 1;
const BATCH = 10;

/** One pass over a dead-letter queue that returns each record once. The caller always calls `release` at the end. */
export interface Walk {
  /** Up to ten records that this pass has not returned yet; undefined at the end. */
  next(): Promise<readonly RawDeadLetter[] | undefined>;
  /** Deletes records from the queue. */
  remove(deadLetters: readonly RawDeadLetter[]): Promise<void>;
  /** Makes every record that was returned and not removed visible again. */
  release(): Promise<void>;
}

/**
 * `startedAt` (ms since 1970): records that were sent later are skipped, since they may be those that this pass
 * replayed and that failed again.
 */
export const walk = (sqs: SQSClient, QueueUrl: string, startedAt: number): Walk => {
  const held = new Map<string, string>();
  const removed = new Set<string>();

  const receive = async (): Promise<readonly RawDeadLetter[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: VISIBILITY_TIMEOUT,
        WaitTimeSeconds: POLL_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(rawDeadLetter).filter((deadLetter) => deadLetter !== undefined);
  };

  return {
    async next() {
      for (let empty = 0; empty < EMPTY_POLLS;) {
        if (held.size >= MAX_IN_FLIGHT)
          throw new Problem(
            `Stopped after ${MAX_IN_FLIGHT} dead letters without a match; replay or discard some first.`,
          );
        const found = await receive();
        empty = found.length === 0 ? empty + 1 : 0;
        // SQS may return a record twice, and does so when a pass takes longer than the visibility timeout.
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
          throw new Error(`SQS did not delete ${remaining.size} dead letters; repeat the command`);
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
