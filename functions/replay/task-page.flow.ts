import type { MessageId } from '../platform/ids/brand.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { lowerBound, TICK_MS } from '../platform/ids/ids.domain.ts';
import type { IdPrefix } from '../platform/ids/ids.domain.ts';
import { isSendable } from '../messages/message.domain.ts';
import type { MessageReader } from '../publish/messages.port.ts';
import { pageSize } from './task.domain.ts';
import type { ReplayTask, Task } from './task.domain.ts';
import type { EndpointMessage } from '../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { Delivery, EndpointKey } from '../deliver/delivery.port.ts';
import type { Page } from '../platform/pages/page.ts';
import { manualDelivery } from './resend.flow.ts';

/** A delivery to queue. `pending`: the attempt whose retry it is, and when that retry is due; null: not a retry. */
export interface Selection {
  readonly delivery: Delivery;
  readonly pending: { readonly attempt: Attempt; readonly at: number } | null;
}

/** One page of a task's messages. */
export interface Selected {
  readonly kind: 'page';
  readonly deliveries: readonly Selection[];
  /** Cursor of the next page; null: this page was empty. */
  readonly next: string | null;
  readonly done: boolean;
}

/** The port to an endpoint's messages, by at most 100 ids. Missing and unreadable rows are left out. */
export interface SentReader {
  states(endpoint: EndpointKey, ids: readonly MessageId[]): Promise<readonly EndpointMessage[]>;
}

/** The most messages or attempts of one page: one BatchGetItem. */
const PAGE = 100;

/** The exclusive end of the task's window (ms since 1970). */
export const windowEnd = ({ until }: Pick<Task, 'until'>): number => until + TICK_MS;

/** The list query for a task's next page, oldest first: lists are newest first, so it pages backwards. */
export const windowOf = (prefix: IdPrefix, task: Task) => ({
  limit: pageSize(task, PAGE),
  cursor: { id: task.cursor ?? lowerBound(prefix, task.since), direction: 'previous' as const },
  after: task.since,
  before: windowEnd(task),
});

/** Builds the page. Lists are newest first in both directions, so the next page continues at the first item. */
export const pageOf = <Item>(
  page: Page<Item>,
  idOf: (item: Item) => string,
  deliveries: readonly Selection[],
): Selected => {
  const [newest] = page.items;
  const next = page.resumeAt ?? (newest === undefined ? null : idOf(newest));
  // Oldest first: the order in which they were accepted.
  return { kind: 'page', deliveries: deliveries.toReversed(), next, done: page.done };
};

/** The ids of the messages that are not canceled and whose payload is neither expired nor expunged. */
export const sendableOf = async (
  messages: Pick<MessageReader, 'findMany'>,
  { orgId, appId }: Pick<ReplayTask, 'orgId' | 'appId'>,
  ids: readonly MessageId[],
  nowMs: number,
): Promise<ReadonlySet<MessageId>> => {
  if (ids.length === 0) return new Set();
  const found = await messages.findMany(orgId, appId, ids);
  return new Set(found.filter((message) => isSendable(message, nowMs)).map(({ id }) => id));
};

/** A resend of a message by a task. A repeat of the task's page makes the same delivery. */
export const resendOf = (task: ReplayTask, messageId: MessageId): Delivery =>
  manualDelivery({ orgId: task.orgId, appId: task.appId, id: messageId }, task.endpointId, task.id);
