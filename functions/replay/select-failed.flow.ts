import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { idTime } from '../platform/ids/ids.domain.ts';
import type { Task } from './task.domain.ts';
import type { EndpointMessage } from '../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { AttemptReader } from '../read-models/attempts.port.ts';
import { behindWindow, oneMore, pageOf, windowOf, withLivePayloads } from './task-page.flow.ts';
import type { Selected, SentReader } from './task-page.flow.ts';
import type { MessageReader } from '../publish/messages.port.ts';
import { settleAll } from '../platform/settle.domain.ts';

export interface SelectFailedDeps {
  readonly attempts: Pick<AttemptReader, 'listByEndpoint' | 'listByMessage'>;
  readonly messages: Pick<MessageReader, 'findMany'>;
  readonly sent: SentReader;
  readonly now: () => number;
}

const FAILURES = {
  outcomes: ['failed', 'canceled'] as const,
  ...{ statusCodes: null, channel: null, tag: null, eventTypes: null, withContent: false },
};

/**
 * A retry that is due this soon, or was due lately, is made by itself: a second record beside it would be sent at the same
 * time. Ahead is what a page may wait in its queue, and the longest request.
 */
const RETRIES_BY_ITSELF_MS = { ahead: 100_000, behind: 600_000 };

const isUnderWay = (nextAttemptAt: number | null, nowMs: number): boolean =>
  nextAttemptAt !== null &&
  nextAttemptAt <= nowMs + RETRIES_BY_ITSELF_MS.ahead &&
  nextAttemptAt >= nowMs - RETRIES_BY_ITSELF_MS.behind;

/** What failed or was canceled within the window and never succeeded, filters or not; each message once, however often it failed. */
export const makeSelectFailed = ({ attempts, messages, sent, now }: SelectFailedDeps) => {
  const lastFailureWithin = async (task: Task, { orgId, appId, messageId, endpointId }: Attempt) => {
    const query = { ...FAILURES, limit: 1, cursor: null, after: null, before: behindWindow(task) };
    const page = await attempts.listByMessage(orgId, appId, messageId, endpointId, query, now());
    return page.items[0]?.id;
  };

  /** Of several failures of a message within the window the last one speaks for it. */
  const speaks = async (task: Task, attempt: Attempt, state: EndpointMessage | undefined) => {
    if (state?.everSucceeded === true) return false;
    if (isUnderWay(state?.nextAttemptAt ?? null, now())) return false;
    const endsWithin = state !== undefined && (idTime(state.lastAttemptId) ?? 0) <= task.until;
    return attempt.id === (endsWithin ? state.lastAttemptId : await lastFailureWithin(task, attempt));
  };

  return async (task: Task): Promise<Selected> => {
    const { orgId, appId, endpointId } = task;
    const query = { ...FAILURES, ...windowOf('atmpt_', task) };
    const page = await attempts.listByEndpoint(orgId, appId, endpointId, query, now());
    const ids = new Set(page.items.map(({ messageId }) => messageId));
    const states = new Map((await sent.states(task, [...ids])).map((state) => [state.messageId, state]));
    const chosen = await settleAll(
      page.items.map((attempt) => speaks(task, attempt, states.get(attempt.messageId))),
    );
    const speaking = page.items.filter((_, index) => chosen[index]).map(({ messageId }) => messageId);
    const live = await withLivePayloads(messages, task, speaking, now());
    const deliveries = speaking.filter((id) => live.has(id)).map((id) => oneMore(task, id));
    return pageOf(page, ({ id }) => id, deliveries);
  };
};
