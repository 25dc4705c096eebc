import { COUNT_EVERY_MS, countWeight, countWindow, crowdedAfter, OLD_MS } from './crowding.domain.ts';
import type { Crowding } from './crowding.domain.ts';
import type { Lane } from './lane.domain.ts';
import type { After } from '../delivery.port.ts';
import { settleAll } from '../../platform/settle.domain.ts';

/** The port to what all processes of a lane know of its crowding. */
export interface CrowdingStore {
  /** Counts batches of the lane in a window; returns how many all processes counted. */
  count(lane: Exclude<Lane, 'slow'>, window: number, batches: number, nowMs: number): Promise<number>;
  markCrowded(lane: Exclude<Lane, 'slow'>, until: number, nowMs: number): Promise<void>;
}

export interface OldRequestsDeps {
  readonly lane: Lane;
  readonly crowding: CrowdingStore;
  /** The lane's maximum concurrency. */
  readonly concurrency: number;
  readonly after: After;
  readonly now: () => number;
  /** Evenly from -1 to 1. */
  readonly jitter: () => number;
}

/** Counts one batch while a request of it is old. */
export interface OldRequests {
  /** A request starts; `crowding` as its batch read it. Call the returned function once, at its end. */
  watch(crowding: Crowding): () => void;
  /** Waits for the counts under way. Throws what one of them threw. */
  finish(): Promise<void>;
}

const NOTHING: OldRequests = { watch: () => () => undefined, finish: () => Promise.resolve() };

/** A sample of the batches is counted, so that requests which take a second or two cost a part of a write. */
export const makeOldRequests = (deps: OldRequestsDeps) => {
  const { lane, crowding: store, concurrency, now } = deps;
  const weight = countWeight(concurrency);

  return (): OldRequests => {
    if (lane === 'slow') return NOTHING;
    const open = new Map<symbol, number>();
    const counts: Promise<void>[] = [];
    const failures: unknown[] = [];
    let crowdedUntil = 0;
    let cancel: (() => void) | undefined;

    const count = async (): Promise<void> => {
      try {
        const counted = await store.count(lane, countWindow(now()), weight, now());
        const until = crowdedAfter(counted, concurrency, crowdedUntil, now());
        if (until === null) return;
        crowdedUntil = until;
        await store.markCrowded(lane, until, now());
      } catch (error) {
        failures.push(error);
      }
    };
    const isSampled = () => (deps.jitter() + 1) * weight < 2;
    const look = (): void => {
      cancel = deps.after(COUNT_EVERY_MS, look);
      const isOld = [...open.values()].some((since) => now() - since >= OLD_MS);
      if (isOld && isSampled()) counts.push(count());
    };

    return {
      watch(crowding) {
        const request = Symbol();
        open.set(request, now());
        crowdedUntil = Math.max(crowdedUntil, crowding[lane]);
        cancel ??= deps.after(OLD_MS, look);
        return () => {
          open.delete(request);
          if (open.size > 0) return;
          cancel?.();
          cancel = undefined;
        };
      },
      async finish() {
        await settleAll(counts);
        if (failures.length > 0) throw failures[0];
      },
    };
  };
};
