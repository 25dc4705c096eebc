import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import type { IdRange } from '../../platform/ids/time-range.domain.ts';
import { idTime, lowerBound, upperBound } from '../../platform/ids/ids.domain.ts';

/**
 * A first attempt that succeeds promptly is all that most messages ever have. Its row in the list of attempts then
 * represents the message too: the list of messages finds it there, and no second row is written (decision 0080).
 */

/**
 * The longest time from a message to its prompt success (ms). Cold starts of fan-out and deliver take up to three
 * seconds. A page of messages reads the attempts of this long in addition, so it cannot be minutes.
 */
export const PROMPT_MS = 10_000;

/** Compares the times in the ids, since lists look for attempts by their ids. */
export const isPromptSuccess = ({ id, messageId, trigger, succeeded }: Attempt): boolean => {
  if (!succeeded || trigger.kind !== 'scheduled') return false;
  if (trigger.number !== 1 || trigger.series !== undefined) return false;
  const accepted = idTime(messageId);
  const attempted = idTime(id);
  if (accepted === undefined || attempted === undefined) return false;
  return attempted >= accepted && attempted <= accepted + PROMPT_MS;
};

/** The range of attempt ids, both inclusive, that holds every prompt success of the messages in a range. */
export const promptAttempts = ({
  above,
  below,
}: Pick<IdRange, 'above' | 'below'>): { readonly low: string; readonly high: string } => ({
  low: lowerBound('atmpt_', idTime(above) ?? 0),
  high: upperBound('atmpt_', (idTime(below) ?? Number.MAX_SAFE_INTEGER) + PROMPT_MS),
});

/**
 * The message id up to which every prompt success has been read, when attempts have been read up to this one. An unread
 * attempt is older (newest-first), and so is its message; or it is newer (oldest-first), and its message at most
 * PROMPT_MS older than itself.
 */
export const readUpTo = (attemptId: string, walk: IdRange['walk']): string => {
  const at = idTime(attemptId) ?? 0;
  return walk === 'newest-first' ? upperBound('msg_', at) : lowerBound('msg_', at - PROMPT_MS);
};
