import type { Refusal } from './ingest.flow.ts';
import type { Waiting } from './waiting.domain.ts';

/**
 * The message attributes of the ingest queue and its dead-letter queue. Senders may set `eventId`; the others are ours, and one who
 * forges them changes only how long its own record waits.
 */
export const ATTRIBUTE = {
  eventId: 'eventId',
  waits: 'waits',
  since: 'waitingSince',
  errorClass: 'errorClass',
  reason: 'reason',
  requestId: 'requestId',
} as const;

/** SQS accepts the characters of XML 1.0; what a reason quotes may have others. */
const NOT_IN_ATTRIBUTES = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g;
/** Attributes count towards the megabyte of a message. */
const LONGEST_REASON = 1_000;

export const waitingAttributes = (eventId: string, { waits, since }: Waiting): Record<string, string> => ({
  [ATTRIBUTE.eventId]: eventId,
  [ATTRIBUTE.waits]: String(waits),
  [ATTRIBUTE.since]: String(since),
});

export const refusalAttributes = (
  eventId: string,
  { errorClass, reason }: Refusal,
  requestId: string,
): Record<string, string> => ({
  [ATTRIBUTE.eventId]: eventId,
  [ATTRIBUTE.errorClass]: errorClass,
  [ATTRIBUTE.reason]: reason.slice(0, LONGEST_REASON).replaceAll(NOT_IN_ATTRIBUTES, '?'),
  [ATTRIBUTE.requestId]: requestId,
});
