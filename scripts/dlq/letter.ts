import type { Message } from '@aws-sdk/client-sqs';
import type { LastError } from '../../functions/store/last-errors.ts';
import { subjectOf } from './subject.ts';
import type { Subject } from './subject.ts';

/** The reason of records that left no error: their function ended before it could. */
export const NO_LAST_ERROR = 'crash or timeout';

/** A record of a dead letter queue as SQS gave it. */
export interface RawLetter {
  readonly id: string;
  readonly handle: string;
  readonly body: string;
  /** The fair queue's group: the application. */
  readonly group: string | undefined;
  /** When it was sent first (ms since 1970). */
  readonly sentAt: number;
  /** In all queues, looks of operators included. */
  readonly receives: number;
}

/** The same with its story. Instants: ms since 1970. */
export interface Letter extends RawLetter, Subject {
  readonly reason: string;
  readonly message: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requestId: string | undefined;
}

/** Undefined for what SQS never sends: a record without id, handle or body. */
export const rawLetter = (message: Message): RawLetter | undefined => {
  const { MessageId: id, ReceiptHandle: handle, Body: body, Attributes: attributes = {} } = message;
  if (id === undefined || handle === undefined || body === undefined) return undefined;
  return {
    id,
    handle,
    body,
    group: attributes.MessageGroupId,
    sentAt: Number(attributes.SentTimestamp ?? 0),
    receives: Number(attributes.ApproximateReceiveCount ?? 0),
  };
};

const storyOf = (raw: RawLetter, { stream }: Subject, error: LastError | undefined) => {
  if (error !== undefined) {
    const { errorClass: reason, message, firstAt, lastAt, requestId, receives } = error;
    return { reason, message, firstAt, lastAt, requestId, receives };
  }
  const at = { firstAt: raw.sentAt, lastAt: raw.sentAt, requestId: undefined };
  if (stream?.kind === 'record')
    return { ...at, reason: stream.letter.errorClass, message: stream.letter.reason };
  if (stream?.kind === 'batch') {
    const { condition, firstAt, requestId, shard, from, to } = stream.lost;
    return { ...at, firstAt, requestId, reason: condition, message: `${shard}, records ${from} to ${to}` };
  }
  return { ...at, reason: NO_LAST_ERROR, message: 'the function left no error' };
};

/** Joins a record with what its worker remembered of it. */
export const letterOf = (raw: RawLetter, error: LastError | undefined): Letter => {
  const subject = subjectOf(raw.body);
  return { ...raw, ...subject, ...storyOf(raw, subject, error) };
};
