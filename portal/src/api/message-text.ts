import { rawMember } from '../lib/json/json-text.ts';
import { isRecord } from '../lib/records.ts';
import type { Session } from '../session/session.ts';
import { dataOf } from './client.ts';
import type { Message } from './types.ts';

/** A message with its payload as it was published, byte for byte. */
export interface FullMessage {
  readonly message: Message;
  /** The body that endpoints get; null: it is no longer stored. */
  readonly body: string | null;
}

/** What the API answers in place of a payload that is no longer stored. */
const EXPIRED = '{"expired":true}';

/** A body that is no JSON object arrives as `{"rawPayload": …}`. */
const bodyOf = (payload: string): string | null => {
  if (payload === EXPIRED) return null;
  const value: unknown = JSON.parse(payload);
  const raw = isRecord(value) && Object.keys(value).length === 1 ? value['rawPayload'] : undefined;
  return typeof raw === 'string' ? raw : payload;
};

const isMessage = (value: unknown): value is Message =>
  isRecord(value) && typeof value['id'] === 'string' && typeof value['eventType'] === 'string';

/** Reads the answer as text, since parsing would change the numbers of the payload. */
export const fetchMessage = async (
  { api, appId }: Session,
  messageId: string,
  signal: AbortSignal,
): Promise<FullMessage> => {
  const answered = await api.GET('/api/v1/app/{app_id}/msg/{msg_id}', {
    params: { path: { app_id: appId, msg_id: messageId } },
    parseAs: 'text',
    signal,
  });
  const text: unknown = dataOf(answered);
  const message: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
  if (typeof text !== 'string' || !isMessage(message)) throw new Error('not a message');
  return { message, body: bodyOf(rawMember(text, 'payload') ?? EXPIRED) };
};
