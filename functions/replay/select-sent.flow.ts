import type { Task } from './task.domain.ts';
import type { EndpointMessage } from '../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { DeliveryStatusReader } from '../read-models/delivery-status.port.ts';
import { resendOf, pageOf, windowOf, withLivePayloads } from './task-page.flow.ts';
import type { MessageReader } from '../publish/messages.port.ts';
import type { Selected, SentReader } from './task-page.flow.ts';

export interface SelectSentDeps {
  readonly deliveryStatus: Pick<DeliveryStatusReader, 'messages'>;
  readonly messages: Pick<MessageReader, 'findMany'>;
  readonly sent: SentReader;
  readonly now: () => number;
}

/** The status code of attempts without a response; canceled deliveries count as such. */
const NO_RESPONSE = 0;

const NOTHING: Selected = { kind: 'page', deliveries: [], next: null, done: true };

/** Selects messages that were attempted at the endpoint, with any outcome, and that pass the task's filters. */
export const makeSelectSent = ({ deliveryStatus, messages, sent, now }: SelectSentDeps) => {
  const withStatusCodes = async (task: Task, states: readonly EndpointMessage[]) => {
    const { statusCodes } = task.filters;
    if (statusCodes === null) return states;
    const attempts = states.filter(({ canceled }) => canceled === null);
    const latest = await sent.attempts(
      task,
      attempts.map(({ lastAttemptId }) => lastAttemptId),
    );
    const codes = new Map(latest.map(({ id, responseStatusCode }) => [id, responseStatusCode]));
    return states.filter(({ lastAttemptId, canceled }) => {
      const code = canceled === null ? codes.get(lastAttemptId) : NO_RESPONSE;
      return code !== undefined && code >= statusCodes.from && code <= statusCodes.to;
    });
  };

  return async (task: Task): Promise<Selected> => {
    const { progress, channel, tag, eventTypes } = task.filters;
    if (progress === 'never') return NOTHING;
    const query = { ...windowOf('msg_', task), progress, channel, tag, eventTypes };
    const page = await deliveryStatus.messages(task.orgId, task.appId, task.endpointId, query, now());
    const kept = (await withStatusCodes(task, page.items)).map(({ messageId }) => messageId);
    const live = await withLivePayloads(messages, task, kept, now());
    const deliveries = kept
      .filter((id) => live.has(id))
      .map((id) => ({ delivery: resendOf(task, id), pending: null }));
    return pageOf(page, ({ messageId }) => messageId, deliveries);
  };
};
