import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import type { AppId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import { endpointMessageOf, mergeEndpointMessages } from './messages-by-endpoint/endpoint-messages.domain.ts';
import type { EndpointMessage } from './messages-by-endpoint/endpoint-messages.domain.ts';

/** What rows of read models should say, by the log, and how far they are from it. */

/** A message at an endpoint. */
export interface MessagePlace {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly endpointId: EndpointId;
  readonly messageId: MessageId;
}

const nameOf = ({ orgId, appId, endpointId, messageId }: MessagePlace) =>
  `${orgId}#${appId}#${endpointId}#${messageId}`;

/** The state of each message at each endpoint that these attempts amount to. */
export const endpointMessagesOf = (attempts: readonly Attempt[]): readonly EndpointMessage[] => {
  const states = new Map<string, EndpointMessage>();
  for (const state of attempts.map(endpointMessageOf)) {
    const known = states.get(nameOf(state));
    states.set(nameOf(state), known === undefined ? state : mergeEndpointMessages(known, state));
  }
  return [...states.values()];
};

/** A row as it stands: undefined where there is none, `unreadable` where it is no row of ours. */
export type LatestState = EndpointMessage | 'unreadable' | undefined;

/** `behind`: merging what is expected makes it right. `wrong`: nothing that is merged into it could. */
export type Comparison = 'right' | 'behind' | 'wrong';

const fixed = ({ eventType, channels }: EndpointMessage) => JSON.stringify([eventType, channels]);
const text = (state: EndpointMessage) =>
  JSON.stringify([
    ...[nameOf(state), fixed(state), state.lastAttemptId, state.lastSucceeded, state.canceled],
    ...[state.nextAttemptAt, state.everSucceeded, state.everFailedFinally],
  ]);

/** Judges a row against all that the log has for it; undefined: nothing. */
export const compare = (latest: LatestState, expected: EndpointMessage | undefined): Comparison => {
  if (expected === undefined) return latest === undefined ? 'right' : 'wrong';
  if (latest === undefined) return 'behind';
  if (latest === 'unreadable' || fixed(latest) !== fixed(expected)) return 'wrong';
  if (text(latest) === text(expected)) return 'right';
  return text(mergeEndpointMessages(latest, expected)) === text(expected) ? 'behind' : 'wrong';
};
