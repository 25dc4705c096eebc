import { BODY_BYTES } from './requests.domain.ts';

/**
 * Bytes that one function may hold at a time, so that the worst legal input stays below 70 % of its memory
 * (test/contract/memory/memory.test.ts).
 */

/**
 * A Lambda answer may have 6 MB (6,291,456 bytes) around a body that its quoting may double: pages end before half of
 * that, and a single payload of 2 MiB still fits.
 */
export const PAGE_BYTES = 3_000_000;
/** What is printed around the payload of a message: names of 256 bytes, channels, tags, instants. */
export const MESSAGE_OVERHEAD_BYTES = 4_000;

/** Payloads that one invocation of a delivery function holds at a time, until their requests are answered. */
export const DELIVERY_PAYLOAD_BYTES = 12 * BODY_BYTES;
/** Payloads up to this never wait for larger ones: fifty of them are 3 MiB. */
export const SMALL_PAYLOAD_BYTES = 65_536;
/** Large payloads that are read and unpacked side by side: each is held up to three times meanwhile. */
export const LARGE_READS_AT_ONCE = 3;

/**
 * What functions are given, in MB. The API functions answer people and get a share of a core with it; deliveries wait for
 * others most of their time, and time is paid by memory.
 */
export const FUNCTION_MEMORY_MB = {
  api: 512,
  delivery: 256,
  fanOut: 512,
  project: 512,
  announce: 256,
  sweep: 512,
  updateHourlyStatistics: 256,
  runTask: 512,
} as const;

/** Applications with their endpoints that one process keeps: some 10,000 usual endpoints, a tenth of a small function. */
export const SNAPSHOT_CACHE_BYTES = 25_000_000;
/** Applications that are read side by side, as they will be in memory; a larger one is read alone. */
export const SNAPSHOT_READ_BYTES = 10_000_000;
/** Applications up to this, some hundred usual endpoints, never wait for larger ones. */
export const SMALL_SNAPSHOT_BYTES = 250_000;
