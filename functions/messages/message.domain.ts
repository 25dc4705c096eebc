import type { AppId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';

/**
 * Where a payload is stored, and its size in bytes, uncompressed. `gone`: expunged, while the row stays; `key`: the object
 * that held it, which a crash may have left; `by`: the task that expunged it.
 */
export type StoredPayload =
  | { readonly kind: 'inline'; readonly compressed: Uint8Array; readonly bytes: number }
  | { readonly kind: 'object'; readonly key: string; readonly bytes: number }
  | { readonly kind: 'gone'; readonly key?: string; readonly by?: string };

/** An accepted message. Instants are ms since 1970; `createdAt` is the id's time. */
export interface Message {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly id: MessageId;
  readonly eventType: string;
  readonly eventId: string | null;
  readonly channels: readonly string[] | null;
  /** Tags filter lists; they do not affect delivery. */
  readonly tags: readonly string[] | null;
  /** Content type of the body; null: JSON. */
  readonly contentType: string | null;
  readonly payload: StoredPayload;
  readonly payloadExpiresAt: number;
  /** When the row expires: after the payload and the last retry. */
  readonly retainUntil: number;
  readonly createdAt: number;
  /** Not sent before this instant; null: at once. */
  readonly deliverAt: number | null;
  /** When the publisher canceled the message (publish/cancel-message.flow.ts); absent: it did not. */
  readonly canceledAt?: number;
  /** The only endpoint of an example message; null for all other messages. */
  readonly onlyEndpoint: EndpointId | null;
  /** Whether all its attempts are in the index by time (attempts-expected.domain.ts); absent: only the unexpected ones. */
  readonly indexed?: true;
}

/** Whether the payload can still be sent or shown at an instant. */
export const payloadIsLive = (
  message: Pick<Message, 'payload' | 'payloadExpiresAt'>,
  nowMs: number,
): boolean => message.payload.kind !== 'gone' && message.payloadExpiresAt > nowMs;

/** Whether the message can still be sent at an instant. */
export const isSendable = (
  message: Pick<Message, 'payload' | 'payloadExpiresAt' | 'canceledAt'>,
  nowMs: number,
): boolean => message.canceledAt === undefined && payloadIsLive(message, nowMs);

/** Whether there may be something left to erase: the payload, or the object that held it. */
export const holdsContent = ({ payload }: Pick<Message, 'payload'>): boolean =>
  payload.kind !== 'gone' || payload.key !== undefined;

/** The payload's size in bytes at an instant; 0 once it cannot be read. */
export const payloadBytes = (
  message: Pick<Message, 'payload' | 'payloadExpiresAt'>,
  nowMs: number,
): number => (message.payload.kind === 'gone' || !payloadIsLive(message, nowMs) ? 0 : message.payload.bytes);
