import { BODY_BYTES } from './requests.domain.ts';

/**
 * Byte budgets that keep the memory of a function below 70 % of its size with the worst legal input
 * (test/contract/memory/memory.test.ts).
 */

/**
 * The most bytes of a page. A Lambda response may have 6 MB (6,291,456 bytes), and escaping may double the body in it; a
 * single payload of 2 MiB still fits.
 */
export const PAGE_BYTES = 3_000_000;
/** The most bytes of a printed message besides its payload: names of 256 bytes, channels, tags, instants. */
export const MESSAGE_OVERHEAD_BYTES = 4_000;

/** The most bytes of payloads that one invocation of a delivery function has in memory until their responses arrive. */
export const DELIVERY_PAYLOAD_BYTES = 12 * BODY_BYTES;
/** Payloads up to this size never wait for larger ones: fifty of them are 3 MiB. */
export const SMALL_PAYLOAD_BYTES = 65_536;
/** Large payloads that are read and decompressed concurrently. Each is in memory up to three times meanwhile. */
export const LARGE_READS_AT_ONCE = 3;

/**
 * Memory of functions in MB, which also determines their share of a core. API functions get more, because callers wait for
 * them; delivery functions get less, because they mostly wait for receivers and time is billed by memory.
 */
export const FUNCTION_MEMORY_MB = {
  api: 512,
  delivery: 256,
  fanOut: 512,
  ingest: 512,
  project: 512,
  announce: 256,
  sweep: 512,
  updateHourlyStatistics: 256,
  runTask: 512,
  checkEventSources: 128,
  /** Waiting people load the page from it. */
  portal: 256,
  portalUpload: 256,
} as const;

/** The snapshot cache of a process: about 10,000 usual endpoints, a tenth of the memory of a small function. */
export const SNAPSHOT_CACHE_BYTES = 25_000_000;
/** The cache of compiled schemas of event types in a process: about 800 usual ones. */
export const COMPILED_SCHEMA_BYTES = 20_000_000;
/** The most bytes of snapshots that are read concurrently. A larger snapshot is read alone. */
export const SNAPSHOT_READ_BYTES = 10_000_000;
/** Snapshots up to this size, about a hundred usual endpoints, never wait for larger ones. */
export const SMALL_SNAPSHOT_BYTES = 250_000;
