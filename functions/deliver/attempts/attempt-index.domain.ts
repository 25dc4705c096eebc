import type { Message } from '../../messages/message.domain.ts';
import type { Attempt } from './attempt.domain.ts';
import { idTime, upperBound } from '../../platform/ids/ids.domain.ts';
import type { MessageId } from '../../platform/ids/brand.domain.ts';

/** No endpoint that existed when a message was accepted has an id greater than this. */
export const newestEndpointId = (messageId: MessageId): string =>
  upperBound('ep_', idTime(messageId) ?? Number.POSITIVE_INFINITY);

type Indexable = Pick<Attempt, 'messageId' | 'endpointId' | 'trigger' | 'decision'>;

/**
 * Whether an attempt is one of those that a message was expected to take: of its first schedule, at an endpoint that
 * existed when it was accepted. All others (resends, replays, later endpoints, cancellations) have no bound.
 */
export const isExpected = ({ messageId, endpointId, trigger, decision }: Indexable): boolean =>
  trigger.kind === 'scheduled' &&
  trigger.series === undefined &&
  decision.kind !== 'canceled' &&
  endpointId <= newestEndpointId(messageId);

/**
 * Whether an attempt is in the index by time, at a write unit more. The others of its message, at most a few hundred, are
 * read together from the log.
 */
export const isIndexed = (attempt: Indexable, message: Pick<Message, 'indexed'> | undefined): boolean =>
  message?.indexed === true || !isExpected(attempt);
