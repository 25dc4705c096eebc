import { appId, attemptId, endpointId, messageId } from './brand.domain.ts';
import type { AppId, AttemptId, EndpointId, MessageId } from './brand.domain.ts';

/**
 * Ids in Svix's form: a prefix and 27 characters of base62 over 20 bytes (4 of seconds since 1 400 000 000, 1 of
 * 4-millisecond ticks, 15 random). Text order is time order, so an id is a sort key, a cursor and a time bound.
 */

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = new Map(Array.from(ALPHABET).map((character, digit) => [character, digit]));
const EPOCH_SECONDS = 1_400_000_000;
export const TICK_MS = 4;
const BODY_LENGTH = 27;
const BYTES = 20;
const HEAD_BYTES = 5;

export type IdPrefix = 'app_' | 'ep_' | 'msg_' | 'atmpt_' | 'qtask_' | 'tok_';

/** Digits of 16 bits: fewer divisions than by byte, and still of small integers, which are the fast ones. */
const HALF_WORDS = BYTES / 2;

/** 20 bytes as 27 characters of base62. */
const encode = (bytes: Uint8Array): string => {
  const rest = new Uint16Array(HALF_WORDS);
  for (let index = 0; index < HALF_WORDS; index += 1)
    rest[index] = ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0);
  let text = '';
  for (let position = 0; position < BODY_LENGTH; position += 1) {
    let remainder = 0;
    for (let index = 0; index < HALF_WORDS; index += 1) {
      const value = (remainder << 16) | (rest[index] ?? 0);
      const quotient = (value / 62) | 0;
      rest[index] = quotient;
      remainder = value - quotient * 62;
    }
    text = ALPHABET.charAt(remainder) + text;
  }
  return text;
};

/** 27 characters of base62 as 20 bytes; undefined on a foreign character or a number that does not fit. */
const decode = (text: string): Uint8Array | undefined => {
  if (text.length !== BODY_LENGTH) return undefined;
  const words = new Uint16Array(HALF_WORDS);
  for (const character of text) {
    let carry = DIGITS.get(character);
    if (carry === undefined) return undefined;
    for (let index = HALF_WORDS - 1; index >= 0; index -= 1) {
      const value: number = (words[index] ?? 0) * 62 + carry;
      words[index] = value & 0xffff;
      carry = value >> 16;
    }
    if (carry !== 0) return undefined;
  }
  const bytes = new Uint8Array(BYTES);
  words.forEach((word, index) => {
    bytes[index * 2] = word >> 8;
    bytes[index * 2 + 1] = word & 0xff;
  });
  return bytes;
};

const EARLIEST = EPOCH_SECONDS * 1000;
const LATEST = EARLIEST + 0xffffffff * 1000 + 999;

/** The bytes of an instant, clamped to the range that they can represent. */
const head = (atMs: number): Uint8Array => {
  const held = Math.min(Math.max(atMs, EARLIEST), LATEST);
  const bytes = new Uint8Array(HEAD_BYTES);
  new DataView(bytes.buffer).setUint32(0, Math.floor(held / 1000) - EPOCH_SECONDS);
  bytes[4] = Math.floor((held % 1000) / TICK_MS);
  return bytes;
};

const bound = (prefix: IdPrefix, atMs: number, fill: number): string => {
  const bytes = new Uint8Array(BYTES).fill(fill);
  bytes.set(head(atMs));
  return prefix + encode(bytes);
};

/** The least id of an instant's 4 ms tick. */
export const lowerBound = (prefix: IdPrefix, atMs: number): string => bound(prefix, atMs, 0);

/** The greatest id of an instant's 4 ms tick. */
export const upperBound = (prefix: IdPrefix, atMs: number): string => bound(prefix, atMs, 0xff);

/** Whether the text is a valid id of that kind: prefix, 27 characters, a number that fits into 20 bytes. */
export const isId = (prefix: IdPrefix, text: string): boolean =>
  text.startsWith(prefix) && decode(text.slice(prefix.length)) !== undefined;

/** The instant of an id (ms, floor of its 4 ms tick); undefined for any other text. */
export const idTime = (id: string): number | undefined => {
  const bytes = decode(id.slice(id.indexOf('_') + 1));
  if (bytes === undefined) return undefined;
  const seconds = new DataView(bytes.buffer).getUint32(0) + EPOCH_SECONDS;
  return seconds * 1000 + (bytes[4] ?? 0) * TICK_MS;
};

/** Bytes of an id after its instant. */
const TAIL_BYTES = BYTES - HEAD_BYTES;

/**
 * A deterministic message id of an instant (ms) and the first 15 bytes of a digest, so that a repeat derives the same id.
 * Ids within one 4 ms tick are ordered by millisecond.
 */
export const derivedMessageId = (atMs: number, digest: Uint8Array): MessageId => {
  const bytes = new Uint8Array(BYTES);
  bytes.set(head(atMs));
  bytes.set(digest.subarray(0, TAIL_BYTES), HEAD_BYTES);
  bytes[HEAD_BYTES] = ((bytes[HEAD_BYTES] ?? 0) & 0x3f) | ((Math.max(atMs, 0) % TICK_MS) << 6);
  return messageId(`msg_${encode(bytes)}`);
};

const increment = (bytes: Uint8Array): void => {
  for (let index = BYTES - 1; index >= HEAD_BYTES; index -= 1) {
    const value = (bytes[index] ?? 0) + 1;
    bytes[index] = value % 256;
    if (value < 256) return;
  }
};

/**
 * The message id that follows another one by `steps`. A process that makes the message ids of a batch in a row makes these.
 * Throws if the text is no id.
 */
export const followingMessageId = (id: MessageId, steps: number): MessageId => {
  const bytes = decode(id.slice(id.indexOf('_') + 1));
  if (bytes === undefined) throw new Error(`not a message id: ${id}`);
  for (let step = 0; step < steps; step += 1) increment(bytes);
  return messageId(`msg_${encode(bytes)}`);
};

export interface Ids {
  app(atMs: number): AppId;
  endpoint(atMs: number): EndpointId;
  message(atMs: number): MessageId;
  /** Makes `count` message ids in a row and returns the first; `followingMessageId` derives the others from it. */
  messages(atMs: number, count: number): MessageId;
  attempt(atMs: number): AttemptId;
  task(atMs: number): string;
  /** The id of an access token (`jti`). */
  token(atMs: number): string;
}

/**
 * Makes ids that are monotonic within this process: within a tick, and after the clock went back, the next id is the
 * last one incremented. `randomBytes(n)` is the source of randomness.
 */
export const makeIds = (randomBytes: (count: number) => Uint8Array): Ids => {
  let last = new Uint8Array(BYTES);
  const body = (atMs: number): string => {
    const next = new Uint8Array(BYTES);
    next.set(head(atMs));
    next.set(randomBytes(TAIL_BYTES), HEAD_BYTES);
    next[HEAD_BYTES] = (next[HEAD_BYTES] ?? 0) & 0x7f; // room for increments without overflow
    if (compareHeads(next, last) <= 0) {
      increment(last);
      return encode(last);
    }
    last = next;
    return encode(next);
  };
  return {
    app: (atMs) => appId(`app_${body(atMs)}`),
    endpoint: (atMs) => endpointId(`ep_${body(atMs)}`),
    message: (atMs) => messageId(`msg_${body(atMs)}`),
    messages: (atMs, count) => {
      const first = messageId(`msg_${body(atMs)}`);
      for (let made = 1; made < count; made += 1) increment(last);
      return first;
    },
    attempt: (atMs) => attemptId(`atmpt_${body(atMs)}`),
    task: (atMs) => `qtask_${body(atMs)}`,
    token: (atMs) => `tok_${body(atMs)}`,
  };
};

const compareHeads = (left: Uint8Array, right: Uint8Array): number => {
  for (let index = 0; index < HEAD_BYTES; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};
