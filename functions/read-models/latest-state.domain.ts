import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import type { AppId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import { isPromptSuccess } from './messages-by-endpoint/prompt-success.domain.ts';
import { endpointMessageOf, mergeEndpointMessages } from './messages-by-endpoint/endpoint-messages.domain.ts';
import type { EndpointMessage } from './messages-by-endpoint/endpoint-messages.domain.ts';

/** Expected rows of the read models, derived from the log, and their comparison with stored rows. */

/** A message at an endpoint. */
export interface MessagePlace {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly endpointId: EndpointId;
  readonly messageId: MessageId;
}

/** Identifies a message at an endpoint. */
export const nameOf = ({ orgId, appId, endpointId, messageId }: MessagePlace) =>
  `${orgId}#${appId}#${endpointId}#${messageId}`;

/**
 * Folds attempts into the row of each message at each endpoint. A prompt success is in no row: its own row in the list of
 * attempts represents it, whatever comes before or after it.
 */
export const endpointMessagesOf = (attempts: readonly Attempt[]): readonly EndpointMessage[] => {
  const states = new Map<string, EndpointMessage>();
  for (const state of attempts.filter((one) => !isPromptSuccess(one)).map(endpointMessageOf)) {
    const known = states.get(nameOf(state));
    states.set(nameOf(state), known === undefined ? state : mergeEndpointMessages(known, state));
  }
  return [...states.values()];
};

/** A stored row; undefined: no row, `unreadable`: a row that does not parse. */
export type LatestState = EndpointMessage | 'unreadable' | undefined;

/** `stale`: merging the expected state makes the row right. `wrong`: it must be removed and written again. */
export type Comparison = 'right' | 'stale' | 'wrong';

const fixed = ({ eventType, channels }: EndpointMessage) => JSON.stringify([eventType, channels]);
const text = (state: EndpointMessage) =>
  JSON.stringify([
    ...[nameOf(state), fixed(state), state.lastAttemptId, state.lastSucceeded, state.canceled],
    ...[state.lastStatusCode, state.lastCause],
    ...[state.nextAttemptAt, state.everSucceeded, state.everFailedFinally],
  ]);

/** Compares a row with the state that all attempts in the log amount to; `expected` undefined: no attempts. */
export const compare = (latest: LatestState, expected: EndpointMessage | undefined): Comparison => {
  if (expected === undefined) return latest === undefined ? 'right' : 'wrong';
  if (latest === undefined) return 'stale';
  if (latest === 'unreadable' || fixed(latest) !== fixed(expected)) return 'wrong';
  if (text(latest) === text(expected)) return 'right';
  return text(mergeEndpointMessages(latest, expected)) === text(expected) ? 'stale' : 'wrong';
};
