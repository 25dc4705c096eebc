import type { Attempt } from './attempts/attempt.domain.ts';
import { CANCEL_ADVICE, CANCEL_REASONS, CANCEL_SENTENCES } from './canceled.domain.ts';
import type { CancelCause, CancelReason } from './canceled.domain.ts';
import { FAILURE_CAUSES, explanationOf } from './causes.domain.ts';
import type { CauseFacts, Explanation, FailureCause } from './causes.domain.ts';

/** Why nothing was delivered: the attempt failed, or was canceled. */
export type Cause = FailureCause | CancelCause;

export const CAUSES: readonly Cause[] = [
  ...FAILURE_CAUSES,
  ...CANCEL_REASONS.map((reason): CancelCause => `canceled:${reason}`),
];

export const isCause = (code: string): code is Cause => CAUSES.some((cause) => cause === code);

const reasonOf = (cause: Cause): CancelReason | undefined =>
  CANCEL_REASONS.find((reason) => cause === `canceled:${reason}`);

const isFailure = (cause: Cause): cause is FailureCause => reasonOf(cause) === undefined;

export interface ExplainedCause extends Explanation {
  readonly code: Cause;
}

/** A cause in words. */
export const explain = (code: Cause, facts: CauseFacts): ExplainedCause => {
  if (isFailure(code)) return { code, ...explanationOf(code, facts) };
  const reason = reasonOf(code);
  return reason === undefined
    ? { code, sentence: '', advice: '' }
    : { code, sentence: CANCEL_SENTENCES[reason], advice: CANCEL_ADVICE[reason] };
};

/** Host and port of a URL, as explanations mention them. */
export const receiverOf = (text: string): Pick<CauseFacts, 'host' | 'port'> => {
  const url = URL.parse(text);
  if (url === null) return { host: text, port: 0 };
  return { host: url.hostname, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)) };
};

/** Why an attempt failed, in words; null: it succeeded. */
export const explainAttempt = ({
  cause,
  url,
  responseStatusCode: status,
  responseDurationMs,
}: Attempt): ExplainedCause | null =>
  cause === null
    ? null
    : explain(cause, {
        ...receiverOf(url),
        status,
        // An attempt that timed out took as long as the timeout that was in force.
        timeoutSeconds: Math.max(1, Math.round(responseDurationMs / 1000)),
      });
