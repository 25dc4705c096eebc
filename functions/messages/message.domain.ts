import type { AppId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';

/** Where a payload's bytes are, and how many they are unpacked. `gone` once expunged: the row outlives its payload. */
export type StoredPayload =
  | { readonly kind: 'inline'; readonly compressed: Uint8Array; readonly bytes: number }
  | { readonly kind: 'object'; readonly key: string; readonly bytes: number }
  | { readonly kind: 'gone' };

/** An accepted message. Instants are ms since 1970; `createdAt` is the id's time. */
export interface Message {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly id: MessageId;
  readonly eventType: string;
  readonly eventId: string | null;
  readonly channels: readonly string[] | null;
  /** Words to filter lists by; they never decide where a message goes. */
  readonly tags: readonly string[] | null;
  /** Of the body; null: JSON. */
  readonly contentType: string | null;
  readonly payload: StoredPayload;
  readonly payloadExpiresAt: number;
  /** Its row is kept until then: longer than its payload and its last retry. */
  readonly retainUntil: number;
  readonly createdAt: number;
  /** Not sent before this instant; null: at once. */
  readonly deliverAt: number | null;
  /** Set for examples: the only endpoint it goes to. */
  readonly onlyEndpoint: EndpointId | null;
}

/** Whether the payload can still be sent or shown at an instant. */
export const payloadIsLive = (
  message: Pick<Message, 'payload' | 'payloadExpiresAt'>,
  nowMs: number,
): boolean => message.payload.kind !== 'gone' && message.payloadExpiresAt > nowMs;

/** How many bytes the payload has at an instant; 0 once it cannot be read. */
export const payloadBytes = (
  message: Pick<Message, 'payload' | 'payloadExpiresAt'>,
  nowMs: number,
): number => (message.payload.kind === 'gone' || !payloadIsLive(message, nowMs) ? 0 : message.payload.bytes);
