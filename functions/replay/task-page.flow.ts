import type { MessageId } from '../platform/ids/brand.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { lowerBound } from '../platform/ids/ids.domain.ts';
import type { IdPrefix } from '../platform/ids/ids.domain.ts';
import { payloadIsLive } from '../messages/message.domain.ts';
import type { MessageReader } from '../publish/messages.port.ts';
import type { Task } from './task.domain.ts';
import type { EndpointMessage } from '../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import type { Delivery, EndpointKey } from '../deliver/delivery.port.ts';
import type { Page } from '../platform/pages/page.ts';
import { manualDelivery } from './resend.flow.ts';

/** A delivery to be queued. `pending`: the attempt whose retry it is, and when that retry is due; null: not a retry. */
export interface Selection {
  readonly delivery: Delivery;
  readonly pending: { readonly attempt: Attempt; readonly at: number } | null;
}

/** One page of a task's messages. */
export interface Selected {
  readonly kind: 'page';
  readonly deliveries: readonly Selection[];
  /** Where the page after this one begins; null: nothing was looked at. */
  readonly next: string | null;
  readonly done: boolean;
}

/** The port to what an endpoint was sent, by ids; absent and unreadable ones are absent from the answers. At most 100. */
export interface SentReader {
  states(endpoint: EndpointKey, ids: readonly MessageId[]): Promise<readonly EndpointMessage[]>;
  attempts(endpoint: EndpointKey, ids: readonly Attempt['id'][]): Promise<readonly Attempt[]>;
}

/** Messages or attempts looked at in one page: one batch of keys to look up. */
const PAGE = 100;
/** Ids tell instants this far apart, and lists end before `before`. */
const TICK_MS = 4;

export const behindWindow = ({ until }: Pick<Task, 'until'>): number => until + TICK_MS;

/** The window from where the task is, oldest first: a list in time that is walked against its order. */
export const windowOf = (prefix: IdPrefix, task: Task) => ({
  limit: PAGE,
  cursor: { id: task.cursor ?? lowerBound(prefix, task.since), direction: 'previous' as const },
  after: task.since,
  before: behindWindow(task),
});

/** Lists show the newest first, whichever way they are walked, so the next page begins at the first item. */
export const pageOf = <Item>(
  page: Page<Item>,
  idOf: (item: Item) => string,
  deliveries: readonly Selection[],
): Selected => {
  const [newest] = page.items;
  const next = page.resumeAt ?? (newest === undefined ? null : idOf(newest));
  // In the order of their ids, as they were accepted.
  return { kind: 'page', deliveries: deliveries.toReversed(), next, done: page.done };
};

/** Of these messages the ones that can still be sent: their payloads are neither expired nor expunged. */
export const withLivePayloads = async (
  messages: Pick<MessageReader, 'findMany'>,
  { orgId, appId }: Pick<Task, 'orgId' | 'appId'>,
  ids: readonly MessageId[],
  nowMs: number,
): Promise<ReadonlySet<MessageId>> => {
  if (ids.length === 0) return new Set();
  const found = await messages.findMany(orgId, appId, ids);
  return new Set(found.filter((message) => payloadIsLive(message, nowMs)).map(({ id }) => id));
};

/** A message once more, under the task's name: done again, it is the same delivery. */
export const oneMore = (task: Task, messageId: MessageId): Delivery =>
  manualDelivery({ orgId: task.orgId, appId: task.appId, id: messageId }, task.endpointId, task.id);
