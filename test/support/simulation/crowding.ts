import { NOT_CROWDED } from '../../../functions/deliver/lanes/crowding.domain.ts';
import type { Crowding } from '../../../functions/deliver/lanes/crowding.domain.ts';
import type { CrowdingStore } from '../../../functions/deliver/lanes/old-requests.flow.ts';

export interface MemoryCrowding extends CrowdingStore {
  /** The number of writes. */
  readonly writes: () => number;
  /** As an eventually consistent read may see it: without the writes after this instant. */
  readonly readAsOf: (atMs: number) => Crowding;
}

/** What the processes of the lanes know of crowding. */
export const makeMemoryCrowding = (now: () => number): MemoryCrowding => {
  const windows = new Map<string, number>();
  const marks: { readonly at: number; readonly crowding: Crowding }[] = [];
  let writes = 0;
  return {
    writes: () => writes,
    readAsOf: (atMs) => marks.findLast(({ at }) => at <= atMs)?.crowding ?? NOT_CROWDED,
    count: async (lane, window, batches) => {
      writes += 1;
      const counted = (windows.get(`${lane} ${window}`) ?? 0) + batches;
      windows.set(`${lane} ${window}`, counted);
      return counted;
    },
    markCrowded: async (lane, until) => {
      writes += 1;
      marks.push({ at: now(), crowding: { ...(marks.at(-1)?.crowding ?? NOT_CROWDED), [lane]: until } });
    },
  };
};
