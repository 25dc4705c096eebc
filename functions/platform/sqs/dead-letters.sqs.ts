import * as z from 'zod';
import type { DeadLetter, DeadLetters, LostBatch } from './dead-letter.port.ts';
import { makeSendAll } from './client.sqs.ts';
import type { SqsClient } from '../aws/command.ts';

const VERSION = 1;
/** SQS's limit for message groups. ARNs of streams may be longer and differ at their end, so the end is kept. */
const LONGEST_GROUP = 128;
/** Reasons may quote a whole item. */
const LONGEST_REASON = 4_000;

const record = z
  .object({
    v: z.literal(VERSION),
    type: z.literal('stream-record'),
    source: z.string(),
    keys: z.string(),
    change: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
    sequenceNumber: z.string().nullable(),
    errorClass: z.string(),
    reason: z.string(),
    requestId: z.string(),
  })
  .transform(({ v: _v, type: _type, ...deadLetter }): DeadLetter => deadLetter);

/** The message that Lambda sends to the failure destination of a stream. */
const batch = z
  .object({
    requestContext: z.object({
      requestId: z.string(),
      condition: z.string(),
      approximateInvokeCount: z.number(),
    }),
    DDBStreamBatchInfo: z.object({
      shardId: z.string(),
      startSequenceNumber: z.string(),
      endSequenceNumber: z.string(),
      approximateArrivalOfFirstRecord: z.string().transform((text) => Date.parse(text)),
      batchSize: z.number(),
      streamArn: z.string(),
    }),
  })
  .transform(({ requestContext, DDBStreamBatchInfo: info }): LostBatch => ({
    source: info.streamArn,
    shard: info.shardId,
    from: info.startSequenceNumber,
    to: info.endSequenceNumber,
    size: info.batchSize,
    firstAt: info.approximateArrivalOfFirstRecord,
    condition: requestContext.condition,
    invokes: requestContext.approximateInvokeCount,
    requestId: requestContext.requestId,
  }));

const streamDeadLetter = z.union([
  record.transform((deadLetter) => ({ kind: 'record', deadLetter }) as const),
  batch.transform((lost) => ({ kind: 'batch', lost }) as const),
]);
export type StreamDeadLetter = z.infer<typeof streamDeadLetter>;

/** Parses a message of a stream consumer's dead-letter queue. Throws if it has neither form. */
export const parseStreamDeadLetter = (text: string): StreamDeadLetter =>
  streamDeadLetter.parse(JSON.parse(text));

/** Sends records that can never succeed to the consumer's dead-letter queue, with keys and reason. */
export const makeDeadLetters = (sqs: SqsClient, queueUrl: string): DeadLetters => {
  const sendAll = makeSendAll(sqs, queueUrl);
  return {
    send: (deadLetters) =>
      sendAll(
        deadLetters.map((deadLetter) => ({
          body: JSON.stringify({
            v: VERSION,
            type: 'stream-record',
            ...deadLetter,
            reason: deadLetter.reason.slice(0, LONGEST_REASON),
          }),
          group: deadLetter.source.slice(-LONGEST_GROUP),
        })),
      ),
  };
};
