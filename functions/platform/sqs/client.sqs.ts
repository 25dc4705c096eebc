import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { settleAll } from '../settle.domain.ts';

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

/** Sends every entry, in batches side by side; throws when SQS keeps refusing one. */
export const makeSendAll = (sqs: SQSClient, queueUrl: string) => {
  const sendOnce = async (entries: readonly Entry[]): Promise<readonly Entry[]> => {
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: entries.map(({ body, group, delaySeconds }, index) => ({
          Id: String(index),
          MessageBody: body,
          MessageGroupId: group,
          ...(delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds }),
        })),
      }),
    );
    return Failed.map(({ Id }) => entries[Number(Id)]).filter((entry) => entry !== undefined);
  };

  const sendBatch = async (entries: readonly Entry[]): Promise<void> => {
    let left = entries;
    for (let round = 0; round < ROUNDS && left.length > 0; round += 1) left = await sendOnce(left);
    if (left.length > 0) throw new Error(`the queue refused ${left.length} of ${entries.length} entries`);
  };

  return async (entries: readonly Entry[]): Promise<void> => {
    const batches: Promise<void>[] = [];
    for (let start = 0; start < entries.length; start += BATCH) {
      batches.push(sendBatch(entries.slice(start, start + BATCH)));
    }
    await settleAll(batches);
  };
};
