import type { Message } from './message.domain.ts';

/** The filters of lists by what a message is; null: any. */
export interface MessageFilter {
  readonly channel: string | null;
  readonly tag: string | null;
  readonly eventTypes: readonly string[] | null;
}

export const ANY_MESSAGE: MessageFilter = { channel: null, tag: null, eventTypes: null };

export const passesMessageFilter = (
  { channel, tag, eventTypes }: MessageFilter,
  message: Pick<Message, 'eventType' | 'channels' | 'tags'>,
): boolean =>
  (channel === null || (message.channels?.includes(channel) ?? false)) &&
  (tag === null || (message.tags?.includes(tag) ?? false)) &&
  (eventTypes === null || eventTypes.includes(message.eventType));
