import type { Message } from '@aws-sdk/client-sqs';
import { ATTRIBUTE } from '../../functions/ingest/record-attributes.ts';
import type { RecordedFailure } from '../../functions/platform/lambda/failure-log.dynamo.ts';
import { RECORD_ATTRIBUTE } from '../../functions/platform/sqs/client.sqs.ts';
import { subjectOf } from './subject.ts';
import type { Subject } from './subject.ts';

/** The reason of records without an entry in the failure log: the function ended before it could write one. */
export const NO_RECORDED_FAILURE = 'crash or timeout';

/** A record of a dead-letter queue as SQS returned it. */
export interface RawDeadLetter {
  readonly id: string;
  readonly handle: string;
  readonly body: string;
  /** The message group of the fair queue: the application. */
  readonly group: string | undefined;
  /** The message id that it had before its worker dead-lettered it; undefined: SQS did, and kept the id. */
  readonly record: string | undefined;
  /** When it was sent, to its queue or by its worker to this one (ms since 1970). */
  readonly sentAt: number;
  /** Receive count over both queues; includes receives by these commands. */
  readonly receives: number;
  /** The message attributes that are text. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The consumer that failed: its queue as `npm run dlq -- list` names it, and its function's name on AWS. */
export interface Consumer {
  readonly queue: string;
  readonly functionName: string;
}

/** A dead letter with its subject and why it failed. Instants: ms since 1970. */
export interface QueuedDeadLetter extends RawDeadLetter, Subject, Consumer {
  readonly reason: string;
  readonly message: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requestId: string | undefined;
}

/** undefined for a message without id, handle or body, which SQS never sends. */
export const rawDeadLetter = (message: Message): RawDeadLetter | undefined => {
  const { MessageId: id, ReceiptHandle: handle, Body: body, Attributes: attributes = {} } = message;
  const record = message.MessageAttributes?.[RECORD_ATTRIBUTE]?.StringValue;
  if (id === undefined || handle === undefined || body === undefined) return undefined;
  return {
    id,
    handle,
    body,
    group: attributes.MessageGroupId,
    record,
    sentAt: Number(attributes.SentTimestamp ?? 0),
    receives: Number(attributes.ApproximateReceiveCount ?? 0),
    attributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue = '' }]) => [
        name,
        StringValue,
      ]),
    ),
  };
};

type Failure = Pick<QueuedDeadLetter, 'reason' | 'message' | 'firstAt' | 'lastAt' | 'requestId' | 'receives'>;

const fromLog = ({ errorClass: reason, ...recorded }: RecordedFailure): Failure => {
  const { message, firstAt, lastAt, requestId, receives } = recorded;
  return { reason, message, firstAt, lastAt, requestId, receives };
};

/** Why ingest refused a record, or EventBridge could not bring an event to its queue: attributes of the dead letter. */
const attributed = ({
  attributes,
}: RawDeadLetter): Pick<Failure, 'reason' | 'message' | 'requestId'> | undefined => {
  const reason = attributes[ATTRIBUTE.errorClass] ?? attributes['ERROR_CODE'];
  if (reason === undefined) return undefined;
  const message = attributes[ATTRIBUTE.reason] ?? attributes['ERROR_MESSAGE'] ?? '';
  return { reason, message, requestId: attributes[ATTRIBUTE.requestId] };
};

const failureOf = (
  raw: RawDeadLetter,
  { stream }: Subject,
  recorded: RecordedFailure | undefined,
): Failure => {
  const at = { firstAt: raw.sentAt, lastAt: raw.sentAt };
  const unrecorded = { reason: NO_RECORDED_FAILURE, message: 'the function recorded no error' };
  if (stream?.kind === 'record') {
    const { errorClass: reason, reason: message, requestId } = stream.deadLetter;
    return { ...at, reason, message, requestId, receives: 1 };
  }
  if (stream?.kind === 'batch') {
    const { firstAt, requestId, invokes: receives } = stream.lost;
    const failure = recorded === undefined ? { ...at, ...unrecorded, requestId } : fromLog(recorded);
    return { ...failure, firstAt, receives };
  }
  const refusal = attributed(raw);
  if (refusal !== undefined) return { ...at, ...refusal, receives: 1 };
  return recorded === undefined
    ? { ...at, ...unrecorded, requestId: undefined, receives: raw.receives }
    : fromLog(recorded);
};

/** A dead letter, its subject, and the record name under which its worker writes to the failure log. */
export interface ParsedDeadLetter {
  readonly raw: RawDeadLetter;
  readonly subject: Subject;
  readonly failureLogRecord: string;
}

export const parseDeadLetter = (raw: RawDeadLetter): ParsedDeadLetter => {
  const subject = subjectOf(raw.body);
  return { raw, subject, failureLogRecord: subject.failureLogRecord ?? raw.record ?? raw.id };
};

/** Joins a dead letter with its consumer and its entry in the failure log. */
export const withFailure = (
  { raw, subject }: ParsedDeadLetter,
  consumer: Consumer,
  recorded: RecordedFailure | undefined,
): QueuedDeadLetter => ({
  ...{ ...raw, ...subject, ...consumer },
  ...failureOf(raw, subject, recorded),
});
