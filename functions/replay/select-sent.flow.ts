import type { Task } from './task.domain.ts';
import type { EndpointMessage } from '../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { AttemptedReader } from '../read-models/delivery-status.port.ts';
import { oneMore, pageOf, windowOf } from './task-page.flow.ts';
import type { Selected, SentReader } from './task-page.flow.ts';

export interface SelectSentDeps {
  readonly attempted: Pick<AttemptedReader, 'messages'>;
  readonly sent: SentReader;
  readonly now: () => number;
}

const NOTHING: Selected = { kind: 'page', deliveries: [], next: null, done: true };

/** What the endpoint was sent before, however that went, as far as it passes the task's own filters. */
export const makeSelectSent = ({ attempted, sent, now }: SelectSentDeps) => {
  const withStatusCodes = async (task: Task, states: readonly EndpointMessage[]) => {
    const { statusCodes } = task.filters;
    if (statusCodes === null) return states;
    const latest = await sent.attempts(
      task,
      states.map(({ lastAttemptId }) => lastAttemptId),
    );
    const codes = new Map(latest.map(({ id, responseStatusCode }) => [id, responseStatusCode]));
    return states.filter(({ lastAttemptId }) => {
      const code = codes.get(lastAttemptId);
      return code !== undefined && code >= statusCodes.from && code <= statusCodes.to;
    });
  };

  return async (task: Task): Promise<Selected> => {
    const { progress, channel, tag, eventTypes } = task.filters;
    if (progress === 'never') return NOTHING;
    const query = { ...windowOf('msg_', task), progress, channel, tag, eventTypes };
    const page = await attempted.messages(task.orgId, task.appId, task.endpointId, query, now());
    const kept = await withStatusCodes(task, page.items);
    return pageOf(
      page,
      ({ messageId }) => messageId,
      kept.map(({ messageId }) => oneMore(task, messageId)),
    );
  };
};
