import { GENEROUS_CLOCK_SKEW_MS, MINUTE_MS } from '../platform/limits/time.domain.ts';

/**
 * Why a delivery ended although its endpoint could still have accepted it. Reasons are recorded, counted and shown; a
 * code never changes its meaning, since it is stored.
 */
export const CANCEL_REASONS = [
  'payload_expired',
  'payload_expunged',
  'endpoint_disabled',
  'endpoint_deleted',
  'filters_changed',
  'message_deleted',
  'message_canceled',
  'application_deleted',
] as const;

export type CancelReason = (typeof CANCEL_REASONS)[number];

/** The reason as the cause of a failure (causes.domain.ts). */
export type CancelCause = `canceled:${CancelReason}`;

/** The reason as a sentence, which a canceled delivery shows in place of a response. */
export const CANCEL_SENTENCES: Readonly<Record<CancelReason, string>> = {
  payload_expired: 'Canceled: the payload expired before the message was delivered.',
  payload_expunged: 'Canceled: the payload was expunged before the message was delivered.',
  endpoint_disabled: 'Canceled: the endpoint is disabled.',
  endpoint_deleted: 'Canceled: the endpoint was deleted.',
  filters_changed: 'Canceled: the filters of the endpoint no longer let the message through.',
  message_deleted: 'Canceled: the message was deleted.',
  message_canceled: 'Canceled: the message was canceled by its sender before it was due.',
  application_deleted: 'Canceled: the application was deleted.',
};

const SEND_AGAIN = 'Then replay the missing messages.';
const NOTHING_TO_SEND = 'The payload is gone, so the message can only be published again.';

/** What the owner of the endpoint can do about it. */
export const CANCEL_ADVICE: Readonly<Record<CancelReason, string>> = {
  payload_expired: NOTHING_TO_SEND,
  payload_expunged: NOTHING_TO_SEND,
  endpoint_disabled: `Enable the endpoint. ${SEND_AGAIN}`,
  endpoint_deleted: 'Create the endpoint again, and replay the missing messages to it.',
  filters_changed: `Let the event type or channel through again. ${SEND_AGAIN}`,
  message_deleted: '',
  message_canceled: 'If it is to be sent after all, its sender can publish it again.',
  application_deleted: '',
};

/**
 * Whether an eligible delivery can have been canceled before. Only a change of the endpoint (enabled again, other
 * filters) makes a canceled delivery eligible again, so without a change since the message was accepted the log need not
 * be read.
 */
export const mayBeCanceled = (
  message: { readonly createdAt: number },
  endpoint: { readonly updatedAt: number },
): boolean => endpoint.updatedAt > message.createdAt - GENEROUS_CLOCK_SKEW_MS;

/** A first attempt this long (ms) after its message may follow a resend that succeeded. */
const LATE_MS = MINUTE_MS;

/** Whether a first attempt is so late that a resend may have delivered the message before it. */
export const mayBeResent = (message: { readonly createdAt: number }, nowMs: number): boolean =>
  nowMs - message.createdAt > LATE_MS;
