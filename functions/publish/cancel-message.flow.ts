import type { Message } from '../messages/message.domain.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../platform/limits/function-timeouts.domain.ts';
import { CLOCK_SKEW_MS, SECOND_MS } from '../platform/limits/time.domain.ts';
import type { Step } from '../platform/steps/steps.ts';

/** Lambda ends an invocation this long (ms) after its timeout at the latest. */
const ENDED_AFTER_MS = SECOND_MS;

/**
 * A message is canceled at least this long (ms) before it is due. The write that cancels it is over when the invocation
 * that sent it is, so every delivery, which reads the message strongly when it is due, finds the cancellation.
 */
export const CANCEL_LEAD_MS = FUNCTION_TIMEOUT_SECONDS.api * SECOND_MS + ENDED_AFTER_MS + CLOCK_SKEW_MS;

/** The port that marks messages as canceled. */
export interface CancelStore {
  /**
   * Marks a message that is due after `dueAfter` and not canceled yet. Returns the stored message, marked by this call or
   * an earlier one, or unmarked because it is due too soon; undefined: its row is gone.
   */
  markCanceled(message: Message, nowMs: number, dueAfter: number): Promise<Message | undefined>;
}

export type CancelOutcome =
  { readonly kind: 'canceled'; readonly canceledAt: number } | { readonly kind: 'too-late' | 'not-found' };

/**
 * Cancels a message whose `deliverAt` is ahead: none of its deliveries is sent, and no resend or replay sends it. Fan-out
 * schedules its deliveries as usual, before or after. Each is recorded as canceled when it is due. Safe to repeat.
 */
export type CancelMessage = (message: Message) => Promise<CancelOutcome>;

export interface CancelMessageDeps {
  readonly store: CancelStore;
  readonly now: () => number;
  readonly step: Step;
}

export const makeCancelMessage =
  ({ store, now, step }: CancelMessageDeps): CancelMessage =>
  async (message) => {
    const nowMs = now();
    const stored = await store.markCanceled(message, nowMs, nowMs + CANCEL_LEAD_MS);
    await step('message.canceled');
    if (stored === undefined) return { kind: 'not-found' };
    const { canceledAt } = stored;
    return canceledAt === undefined ? { kind: 'too-late' } : { kind: 'canceled', canceledAt };
  };
