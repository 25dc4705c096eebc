import type { ReplayTask } from './task.domain.ts';
import type { DeliveryStatusReader } from '../read-models/delivery-status.port.ts';
import { resendOf, pageOf, windowOf, sendableOf } from './task-page.flow.ts';
import type { MessageReader } from '../publish/messages.port.ts';
import type { Selected } from './task-page.flow.ts';

export interface SelectSentDeps {
  readonly deliveryStatus: Pick<DeliveryStatusReader, 'messages'>;
  readonly messages: Pick<MessageReader, 'findMany'>;
  readonly now: () => number;
}

const NOTHING: Selected = { kind: 'page', deliveries: [], next: null, done: true };

/** Selects messages that were attempted at the endpoint, with any outcome, and that pass the task's filters. */
export const makeSelectSent = ({ deliveryStatus, messages, now }: SelectSentDeps) => {
  return async (task: ReplayTask): Promise<Selected> => {
    const { progress, ...filters } = task.filters;
    if (progress === 'never') return NOTHING;
    const query = { ...windowOf('msg_', task), ...filters, progress, messageId: null };
    const page = await deliveryStatus.messages(task.orgId, task.appId, task.endpointId, query, now());
    const kept = page.items.map(({ messageId }) => messageId);
    const live = await sendableOf(messages, task, kept, now());
    const deliveries = kept
      .filter((id) => live.has(id))
      .map((id) => ({ delivery: resendOf(task, id), pending: null }));
    return pageOf(page, ({ messageId }) => messageId, deliveries);
  };
};
