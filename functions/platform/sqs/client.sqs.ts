import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { chunksOf } from '../concurrency/chunks.ts';
import { settleAll, throwFirstFailure } from '../settle.domain.ts';

/** Entries that SQS takes in one call. */
const BATCH = 10;
/** Rounds for entries that SQS refused one by one; whole calls are retried by the SDK. */
const ROUNDS = 4;

export interface Entry {
  readonly body: string;
  /** The fair queue's group: one noisy application does not delay the others. */
  readonly group: string;
  readonly delaySeconds?: number;
}

type Sent = PromiseSettledResult<void>;

const SENT: Sent = { status: 'fulfilled', value: undefined };
const refused = (reason: unknown): Sent => ({ status: 'rejected', reason });

/** Whether a call was refused for what it holds, so that the same call will never succeed. */
const isRefusedForContent = (error: unknown): boolean =>
  error instanceof Error &&
  /BatchRequestTooLong|InvalidMessageContents|InvalidParameterValue/.test(error.name);

/**
 * Sends entries, in batches side by side, and answers what became of each: one that SQS keeps refusing fails none of
 * the others.
 */
export const makeSendEach = (sqs: SQSClient, queueUrl: string) => {
  /** The indexes of the entries that SQS refused one by one. */
  const sendOnce = async (entries: readonly (readonly [number, Entry])[]): Promise<ReadonlySet<number>> => {
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: entries.map(([index, { body, group, delaySeconds }]) => ({
          Id: String(index),
          MessageBody: body,
          MessageGroupId: group,
          ...(delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds }),
        })),
      }),
    );
    return new Set(Failed.map(({ Id }) => Number(Id)));
  };

  const sendRounds = async (entries: readonly Entry[]): Promise<readonly Sent[]> => {
    let left = [...entries.entries()];
    for (let round = 0; round < ROUNDS && left.length > 0; round += 1) {
      const failed = await sendOnce(left);
      left = left.filter(([index]) => failed.has(index));
    }
    const failed = new Set(left.map(([index]) => index));
    const reason = new Error(`the queue refused ${left.length} of ${entries.length} entries`);
    return entries.map((_, index) => (failed.has(index) ? refused(reason) : SENT));
  };

  /** A call that one entry makes invalid is made again by halves, until that entry fails alone. */
  const sendBatch = async (entries: readonly Entry[]): Promise<readonly Sent[]> => {
    try {
      return await sendRounds(entries);
    } catch (error) {
      if (entries.length === 1 || !isRefusedForContent(error)) return entries.map(() => refused(error));
      const middle = Math.ceil(entries.length / 2);
      return [...(await sendBatch(entries.slice(0, middle))), ...(await sendBatch(entries.slice(middle)))];
    }
  };

  return async (entries: readonly Entry[]): Promise<readonly Sent[]> =>
    (await settleAll(chunksOf(entries, BATCH).map(sendBatch))).flat();
};

/** Sends every entry; throws where SQS keeps refusing one, after all others were sent. */
export const makeSendAll = (sqs: SQSClient, queueUrl: string) => {
  const sendEach = makeSendEach(sqs, queueUrl);
  return async (entries: readonly Entry[]): Promise<void> => {
    throwFirstFailure(await sendEach(entries));
  };
};
