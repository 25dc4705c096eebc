import { ANY_MESSAGE } from '../messages/message-filter.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { isMeantFor } from '../catalog/endpoints/matching.domain.ts';
import { isSendable } from '../messages/message.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { ReplayTask } from './task.domain.ts';
import type { Tenant } from '../catalog/catalog.port.ts';
import type { MessageReader } from '../publish/messages.port.ts';
import { pageOf, windowOf } from './task-page.flow.ts';
import type { Trigger } from '../deliver/attempts/attempt.domain.ts';
import { latestOutcomeOf } from '../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { EndpointMessage } from '../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { Selected, Selection, SentReader } from './task-page.flow.ts';

export interface SelectMissingDeps {
  readonly messages: Pick<MessageReader, 'list'>;
  readonly sent: SentReader;
  readonly now: () => number;
}

const isDue = (message: Message, endpoint: Endpoint, nowMs: number): boolean =>
  isSendable(message, nowMs) &&
  isMeantFor(endpoint, message) &&
  (message.deliverAt === null || message.deliverAt <= nowMs);

/**
 * The trigger of a missed delivery; undefined if none was missed. A message without any attempt gets the message's own
 * first attempt, which is deduplicated with one that is still in flight. After a cancellation a new series starts, with
 * the same name for every task that starts it.
 */
const missedTrigger = (state: EndpointMessage | undefined): Trigger | undefined => {
  if (state === undefined) return { kind: 'scheduled', number: 1 };
  if (latestOutcomeOf(state) !== 'canceled') return undefined;
  return { kind: 'scheduled', number: 1, series: state.lastAttemptId };
};

/** Selects matching messages that were never attempted at the endpoint or were canceled; each with a retry schedule. */
export const makeSelectMissing = ({ messages, sent, now }: SelectMissingDeps) => {
  return async (task: ReplayTask, endpoint: Endpoint, { settings }: Tenant): Promise<Selected> => {
    const { orgId, appId, endpointId } = task;
    const query = { ...ANY_MESSAGE, ...windowOf('msg_', task) };
    const page = await messages.list(orgId, appId, query, now());
    const due = page.items.filter((message) => isDue(message, endpoint, now()));
    const states = await sent.states(
      task,
      due.map(({ id }) => id),
    );
    const known = new Map(states.map((state) => [state.messageId, state]));
    const deliveries = due.flatMap(({ id: messageId }): Selection[] => {
      const trigger = missedTrigger(known.get(messageId));
      if (trigger === undefined) return [];
      const { retrySchedule: schedule } = settings;
      const ids = { orgId, appId, messageId, endpointId };
      return [{ delivery: { ...ids, trigger, schedule, startedAt: task.createdAt }, pending: null }];
    });
    return pageOf(page, ({ id }) => id, deliveries);
  };
};
