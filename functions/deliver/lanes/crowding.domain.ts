import type { Lane } from './lane.domain.ts';

/**
 * A lane is crowded while batches with an old request hold more than a share of its concurrency: what waits for receivers would
 * fill it soon. Then only endpoints that proved quick meanwhile enter it.
 */
export interface Crowding {
  /** Until when the fast and the bulk lane are crowded (ms). */
  readonly fast: number;
  readonly bulk: number;
}

export const NOT_CROWDED: Crowding = { fast: 0, bulk: 0 };

/** A request that is open for longer counts as old; an endpoint that responded in less is quick. */
export const OLD_MS = 1_000;
/** How often a batch with an old request is counted. */
export const COUNT_EVERY_MS = 2_000;
/** How long a lane counts as crowded after a count said so. */
const CROWDED_MS = 30_000;
/** How long one quick response proves an endpoint. */
const PROOF_MS = 30_000;
/** The share of a lane's concurrency: more than one endpoint holds that hangs at the rate of the bulk lane until it is known to be slow. */
const SHARE = 1 / 6;
/** Writes of a crowded lane in a window at least: fewer would measure too roughly. */
const WRITES = 25;

/** Batches with an old request, from which a lane of this concurrency is crowded. */
export const crowdedFrom = (concurrency: number): number => Math.max(2, Math.ceil(concurrency * SHARE));

/** How many batches one count is for: one in so many is counted. */
export const countWeight = (concurrency: number): number =>
  Math.max(1, Math.floor(crowdedFrom(concurrency) / WRITES));

/** The window in which batches are counted together: each with an old request is counted in it about once. */
export const countWindow = (nowMs: number): number => Math.floor(nowMs / COUNT_EVERY_MS);

/** Until when the lane is crowded after `counted` batches in a window; null: it is not, or that is known. */
export const crowdedAfter = (
  counted: number,
  concurrency: number,
  known: number,
  nowMs: number,
): number | null =>
  counted < crowdedFrom(concurrency) || known - nowMs > CROWDED_MS / 2 ? null : nowMs + CROWDED_MS;

/** Whether any lane is crowded, so that quick endpoints are worth knowing. */
export const isAnyCrowded = ({ fast, bulk }: Crowding, nowMs: number): boolean =>
  Math.max(fast, bulk) > nowMs;

/** The new end of an endpoint's proof after a quick response; null: the present one need not be renewed. */
export const quickProof = (quickUntil: number | null, nowMs: number): number | null =>
  quickUntil !== null && quickUntil - nowMs > PROOF_MS / 2 ? null : nowMs + PROOF_MS;

/** When a quick response made this proof. */
export const quickSince = (quickUntil: number): number => quickUntil - PROOF_MS;

/** Whether the lane has no room for deliveries to an endpoint, because it is crowded and the endpoint not proven. */
export const isCrowdedOut = (
  lane: Lane,
  crowding: Crowding,
  quickUntil: number | null,
  nowMs: number,
): boolean => lane !== 'slow' && crowding[lane] > nowMs && (quickUntil ?? 0) <= nowMs;
