import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { passesFilters } from '../catalog/endpoints/matching.domain.ts';
import { payloadIsLive } from '../messages/message.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { Task } from './task.domain.ts';
import type { Tenant } from '../catalog/catalog.port.ts';
import type { Delivery } from '../deliver/delivery.port.ts';
import type { MessageReader } from '../publish/messages.port.ts';
import { pageOf, windowOf } from './task-page.flow.ts';
import type { Selected, SentReader } from './task-page.flow.ts';

export interface SelectMissingDeps {
  readonly messages: Pick<MessageReader, 'list'>;
  readonly sent: SentReader;
  readonly now: () => number;
}

const isDue = (message: Message, endpoint: Endpoint, nowMs: number): boolean =>
  payloadIsLive(message, nowMs) &&
  passesFilters(endpoint, message) &&
  (message.onlyEndpoint === null || message.onlyEndpoint === endpoint.id) &&
  (message.deliverAt === null || message.deliverAt <= nowMs);

/**
 * What the endpoint would have got and was never tried with. It goes as the first try that was missed, so that retries
 * follow, and so that it is one with a first try that is still under way.
 */
export const makeSelectMissing = ({ messages, sent, now }: SelectMissingDeps) => {
  return async (task: Task, endpoint: Endpoint, { settings }: Tenant): Promise<Selected> => {
    const { orgId, appId, endpointId } = task;
    const query = { ...windowOf('msg_', task), channel: null, tag: null, eventTypes: null };
    const page = await messages.list(orgId, appId, query, now());
    const due = page.items.filter((message) => isDue(message, endpoint, now()));
    const states = await sent.states(
      task,
      due.map(({ id }) => id),
    );
    const tried = new Set(states.map(({ messageId }) => messageId));
    const missing = due.filter(({ id }) => !tried.has(id));
    const deliveries = missing.map(({ id: messageId }): Delivery => ({
      ...{ orgId, appId, messageId, endpointId },
      turn: { kind: 'scheduled', number: 1 },
      schedule: settings.retrySchedule,
    }));
    return pageOf(page, ({ id }) => id, deliveries);
  };
};
