import type { Message } from '@aws-sdk/client-sqs';
import type { RecordedFailure } from '../../functions/platform/lambda/failure-log.dynamo.ts';
import { subjectOf } from './subject.ts';
import type { Subject } from './subject.ts';

/** The reason of records that left no error: their function ended before it could. */
export const NO_LAST_ERROR = 'crash or timeout';

/** A record of a dead letter queue as SQS gave it. */
export interface RawDeadLetter {
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

/** Who could not do it: the queue by the name that people use, and the function by its name on AWS. */
export interface EventContext {
  readonly queue: string;
  readonly functionName: string;
}

/** The same with its story. Instants: ms since 1970. */
export interface QueuedDeadLetter extends RawDeadLetter, Subject, EventContext {
  readonly reason: string;
  readonly message: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requestId: string | undefined;
}

/** Undefined for what SQS never sends: a record without id, handle or body. */
export const rawDeadLetter = (message: Message): RawDeadLetter | undefined => {
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

type OnCallInformation = Pick<
  QueuedDeadLetter,
  'reason' | 'message' | 'firstAt' | 'lastAt' | 'requestId' | 'receives'
>;

const remembered = ({ errorClass: reason, ...error }: RecordedFailure): OnCallInformation => {
  const { message, firstAt, lastAt, requestId, receives } = error;
  return { reason, message, firstAt, lastAt, requestId, receives };
};

const storyOf = (
  raw: RawDeadLetter,
  { stream }: Subject,
  error: RecordedFailure | undefined,
): OnCallInformation => {
  const at = { firstAt: raw.sentAt, lastAt: raw.sentAt };
  const silent = { reason: NO_LAST_ERROR, message: 'the function left no error' };
  if (stream?.kind === 'record') {
    const { errorClass: reason, reason: message, requestId } = stream.deadLetter;
    return { ...at, reason, message, requestId, receives: 1 };
  }
  if (stream?.kind === 'batch') {
    const { firstAt, requestId, invokes: receives } = stream.lost;
    const onCall = error === undefined ? { ...at, ...silent, requestId } : remembered(error);
    return { ...onCall, firstAt, receives };
  }
  return error === undefined
    ? { ...at, ...silent, requestId: undefined, receives: raw.receives }
    : remembered(error);
};

/** A record, what it is about, and the name under which its worker remembers it. */
export interface Named {
  readonly raw: RawDeadLetter;
  readonly subject: Subject;
  readonly name: string;
}

export const named = (raw: RawDeadLetter): Named => {
  const subject = subjectOf(raw.body);
  return { raw, subject, name: subject.rememberedAs ?? raw.id };
};

/** Joins a record with where it comes from and what its worker remembered of it. */
export const deadLetterOf = (
  { raw, subject }: Named,
  origin: EventContext,
  error: RecordedFailure | undefined,
): QueuedDeadLetter => ({
  ...{ ...raw, ...subject, ...origin },
  ...storyOf(raw, subject, error),
});
