import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { DeadLetter, DeadLetters, LostBatch } from './dead-letter.port.ts';
import { makeSendAll } from './client.sqs.ts';

const VERSION = 1;
/** SQS refuses longer message groups; the name of a stream may be longer, and its end is what differs. */
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

/** What Lambda itself sends to a stream's failure destination. */
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

/** What lies in the dead letter queue of a stream's reader. Throws where it has another form. */
export const parseStreamDeadLetter = (text: string): StreamDeadLetter =>
  streamDeadLetter.parse(JSON.parse(text));

/** Puts what can never succeed into a consumer's dead letter queue, with its story. */
export const makeDeadLetters = (sqs: SQSClient, queueUrl: string): DeadLetters => {
  const sendAll = makeSendAll(sqs, queueUrl);
  return {
    send: (letters) =>
      sendAll(
        letters.map((deadLetter) => ({
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
