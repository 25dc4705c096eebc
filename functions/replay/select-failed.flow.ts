import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { idTime } from '../platform/ids/ids.domain.ts';
import type { ReplayTask } from './task.domain.ts';
import type { EndpointMessage } from '../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { ANY_ATTEMPT } from '../read-models/attempt-filter.domain.ts';
import type { AttemptReader } from '../read-models/attempts.port.ts';
import { windowEnd, resendOf, pageOf, windowOf, sendableOf } from './task-page.flow.ts';
import type { Selection, SentReader } from './task-page.flow.ts';
import type { MessageId } from '../platform/ids/brand.domain.ts';
import type { OrganizationSettings } from '../catalog/settings/settings.domain.ts';
import type { MessageReader } from '../publish/messages.port.ts';
import { settleAll } from '../platform/settle.domain.ts';

export interface SelectFailedDeps {
  readonly attempts: Pick<AttemptReader, 'listByEndpoint' | 'listByMessage'>;
  readonly messages: Pick<MessageReader, 'findMany'>;
  readonly sent: SentReader;
  readonly now: () => number;
}

const FAILURES = { ...ANY_ATTEMPT, outcomes: ['failed', 'canceled'] as const, withContent: false };

/** The newest attempts of one message at one endpoint; the limit is more than a retry schedule has. */
const HISTORY = { ...FAILURES, outcomes: null, limit: 100, cursor: null, after: null, before: null };

/** Selects messages that failed or were canceled within the window and never succeeded, each once. */
export const makeSelectFailed = ({ attempts, messages, sent, now }: SelectFailedDeps) => {
  const lastFailureWithin = async (task: ReplayTask, { orgId, appId, messageId, endpointId }: Attempt) => {
    const query = { ...FAILURES, limit: 1, cursor: null, after: null, before: windowEnd(task) };
    const page = await attempts.listByMessage(orgId, appId, messageId, endpointId, query, now());
    return page.items[0]?.id;
  };

  /** Deduplicates several failures of a message: true for the last one within the window. */
  const isLastFailure = async (task: ReplayTask, attempt: Attempt, state: EndpointMessage | undefined) => {
    if (state?.everSucceeded === true) return false;
    const endsWithin = state !== undefined && (idTime(state.lastAttemptId) ?? 0) <= task.until;
    return attempt.id === (endsWithin ? state.lastAttemptId : await lastFailureWithin(task, attempt));
  };

  /**
   * How a message is sent again. If a retry is pending, that retry is brought forward under its own identity, so that
   * only one of the two is sent; a resend could run beside it. Reads the log, since the read model may lag and shows no
   * pending retry after a resend. undefined: nothing to send, since the message succeeded or was attempted after the
   * task began.
   */
  const redelivery = async (
    task: ReplayTask,
    messageId: MessageId,
    retrySchedule: readonly number[],
  ): Promise<Selection | undefined> => {
    const { orgId, appId, endpointId } = task;
    const { items } = await attempts.listByMessage(orgId, appId, messageId, endpointId, HISTORY, now());
    if (items.some(({ succeeded }) => succeeded)) return undefined;
    const last = items.find(({ trigger }) => trigger.kind === 'scheduled');
    if (last?.trigger.kind !== 'scheduled' || last.decision.kind !== 'retry')
      return { delivery: resendOf(task, messageId), pending: null };
    if (last.at > task.createdAt) return undefined;
    const trigger = { ...last.trigger, number: last.trigger.number + 1 };
    return {
      delivery: { orgId, appId, messageId, endpointId, trigger, schedule: retrySchedule },
      pending: { attempt: last, at: last.decision.at },
    };
  };

  return async (task: ReplayTask, { retrySchedule }: Pick<OrganizationSettings, 'retrySchedule'>) => {
    const { orgId, appId, endpointId } = task;
    const query = { ...FAILURES, ...windowOf('atmpt_', task), causes: task.filters.causes };
    const page = await attempts.listByEndpoint(orgId, appId, endpointId, query, now());
    const ids = new Set(page.items.map(({ messageId }) => messageId));
    const states = new Map((await sent.states(task, [...ids])).map((state) => [state.messageId, state]));
    const isSelected = await settleAll(
      page.items.map((attempt) => isLastFailure(task, attempt, states.get(attempt.messageId))),
    );
    const failed = page.items.filter((_, index) => isSelected[index]).map(({ messageId }) => messageId);
    const live = await sendableOf(messages, task, failed, now());
    const sendable = failed.filter((id) => live.has(id));
    const selections = await settleAll(sendable.map((id) => redelivery(task, id, retrySchedule)));
    return pageOf(
      page,
      ({ id }) => id,
      selections.filter((one) => one !== undefined),
    );
  };
};
