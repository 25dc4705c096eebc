import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import type { MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import type { PayloadObjects } from './payload-objects.port.ts';
import { payloadBytes, payloadIsLive } from './message.domain.ts';
import type { Message, StoredPayload } from './message.domain.ts';
import { pack, unpack } from '../platform/codec/codec.ts';
import { makeByteBudget } from '../platform/concurrency/byte-budget.ts';
import { LARGE_READS_AT_ONCE, SMALL_PAYLOAD_BYTES } from '../platform/limits/memory.domain.ts';
import { BODY_BYTES } from '../platform/limits/requests.domain.ts';
import { settleAll } from '../platform/settle.domain.ts';

/**
 * Payloads above this size, compressed, go to S3: a PUT costs as much as eight DynamoDB write units ($5.00 against $0.625
 * per million), and reads of the row stay small.
 */
export const LARGEST_INLINE_BYTES = 8 * 1024;
/** Payloads of a page that are read concurrently. */
const READS_AT_ONCE = 16;

export interface Payloads {
  /** Stores a payload, in S3 before any row refers to it, and returns where. Idempotent for the same bytes. */
  store(orgId: OrgId, id: MessageId, body: Uint8Array): Promise<StoredPayload>;
  /** The bytes exactly as received; null for an expired or expunged payload. */
  read(message: Pick<Message, 'payload' | 'payloadExpiresAt'>, nowMs: number): Promise<Uint8Array | null>;
  readMany(messages: readonly Message[], nowMs: number): Promise<readonly (Uint8Array | null)[]>;
}

/** The digest keeps concurrent publishes with one id and different bodies from overwriting each other. */
const objectKey = (orgId: OrgId, id: MessageId, body: Uint8Array): string =>
  `payloads/${encodeURIComponent(orgId)}/${id}-${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;

export const makePayloads = (objects: PayloadObjects): Payloads => {
  const fetch = async (key: string): Promise<Uint8Array | null> => {
    const packed = await objects.get(key);
    return packed === null ? null : unpack(packed);
  };

  const acquire = makeByteBudget({ total: LARGE_READS_AT_ONCE * BODY_BYTES, free: SMALL_PAYLOAD_BYTES });

  /** Large payloads wait for the byte budget, because each is in memory several times while it is decompressed. */
  const read: Payloads['read'] = async (message, nowMs) => {
    const release = await acquire(payloadBytes(message, nowMs));
    return readNow(message, nowMs).finally(release);
  };

  const readNow: Payloads['read'] = async (message, nowMs) => {
    if (!payloadIsLive(message, nowMs)) return null;
    switch (message.payload.kind) {
      case 'inline':
        return unpack(message.payload.compressed);
      case 'object':
        return fetch(message.payload.key);
      case 'gone':
        return null;
    }
  };

  return {
    async store(orgId, id, body) {
      const packed = pack(body);
      const bytes = body.length;
      if (packed.length <= LARGEST_INLINE_BYTES) return { kind: 'inline', compressed: packed, bytes };
      const key = objectKey(orgId, id, body);
      await objects.put(key, packed);
      return { kind: 'object', key, bytes };
    },
    read,
    async readMany(messages, nowMs) {
      const limit = pLimit(READS_AT_ONCE);
      return settleAll(messages.map((message) => limit(() => read(message, nowMs))));
    },
  };
};
