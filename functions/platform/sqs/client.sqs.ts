import { chunksOf } from '../concurrency/chunks.ts';
import { settleAll, throwFirstFailure } from '../settle.domain.ts';
import { SendMessageBatchCommand } from '../aws/commands.ts';
import type { SqsClient } from '../aws/command.ts';

/** The most entries of one SendMessageBatch call. */
const BATCH = 10;
/** Calls for entries that SQS reports as failed. The SDK retries calls that fail as a whole. */
const ROUNDS = 4;

export interface Entry {
  readonly body: string;
  /** Message group of the fair queue, so that one noisy application does not delay the others. */
  readonly group: string;
  readonly delaySeconds?: number;
  /** The message id of the record that this entry was before it was dead-lettered. */
  readonly record?: string;
  /** Message attributes of type String. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** The message attribute with `record`. */
export const RECORD_ATTRIBUTE = 'record';

/** Without empty ones, which SQS refuses. */
const attributesOf = ({ attributes = {}, record = '' }: Entry) => {
  const named = Object.entries({ ...attributes, [RECORD_ATTRIBUTE]: record }).filter(
    ([, text]) => text !== '',
  );
  if (named.length === 0) return {};
  return {
    MessageAttributes: Object.fromEntries(
      named.map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    ),
  };
};

type Sent = PromiseSettledResult<void>;

const SENT: Sent = { status: 'fulfilled', value: undefined };
const refused = (reason: unknown): Sent => ({ status: 'rejected', reason });

/** Whether SQS rejected the content of a call, so that a repeat will never succeed. */
const isRefusedForContent = (error: unknown): boolean =>
  error instanceof Error &&
  /BatchRequestTooLong|InvalidMessageContents|InvalidParameterValue/.test(error.name);

/** Sends entries in concurrent batches and returns the outcome of each: an entry that SQS rejects fails no other. */
export const makeSendEach = (sqs: SqsClient, queueUrl: string) => {
  /** Sends one batch and returns the indexes of the entries that SQS reports as failed. */
  const sendOnce = async (entries: readonly (readonly [number, Entry])[]): Promise<ReadonlySet<number>> => {
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: entries.map(([index, entry]) => ({
          Id: String(index),
          MessageBody: entry.body,
          MessageGroupId: entry.group,
          ...(entry.delaySeconds === undefined ? {} : { DelaySeconds: entry.delaySeconds }),
          ...attributesOf(entry),
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
    const reason = new Error(`SQS rejected ${left.length} of ${entries.length} entries`);
    return entries.map((_, index) => (failed.has(index) ? refused(reason) : SENT));
  };

  /** A call that one entry makes invalid is bisected, until that entry fails alone. */
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

/** Sends all entries. Throws if SQS keeps rejecting one, after all others were sent. */
export const makeSendAll = (sqs: SqsClient, queueUrl: string) => {
  const sendEach = makeSendEach(sqs, queueUrl);
  return async (entries: readonly Entry[]): Promise<void> => {
    throwFirstFailure(await sendEach(entries));
  };
};
