import { z } from 'zod';
import { makeRandom } from './simulation/random.ts';

/** Ends processes at random, and keeps account of the requests that each had under way. */
export const crashRule = z.object({
  seed: z.number(),
  /** How likely each flow's processes end at one of its steps, by the flow's name: what stands before the dot. */
  odds: z.record(z.string(), z.number()),
});
export type CrashRule = z.infer<typeof crashRule>;

export const crashCounts = z.object({
  /** How many processes were ended, by the step. */
  killed: z.record(z.string(), z.number()),
  /** Requests whose turn another one had recorded first: their delivery lay twice in a queue. */
  duplicated: z.number(),
  /** Requests, sent or about to be, that were not recorded when their process was ended. */
  cut: z.number(),
  /** The processes that had such requests. */
  processesCut: z.number(),
});
export type CrashCounts = z.infer<typeof crashCounts>;

/** Who asks, as it says of itself: which process, and how many of its requests have been recorded. */
export interface Asker {
  readonly process: string;
  readonly recorded: number;
}

interface Process {
  /** Deliveries that came past `deliver.read`, where a request follows. */
  sending: number;
  recorded: number;
  ended: boolean;
}

const flowOf = (step: string) => step.slice(0, step.indexOf('.'));

const numberOf = (step: string) => Buffer.from(step).reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0);

export const makeStorm = () => {
  const processes = new Map<string, Process>();
  const chances = new Map<string, ReturnType<typeof makeRandom>>();
  let counts: CrashCounts = { killed: {}, duplicated: 0, cut: 0, processesCut: 0 };
  let rule: CrashRule | undefined;

  const strikes = (step: string): boolean => {
    const odds = rule?.odds[flowOf(step)];
    if (rule === undefined || odds === undefined) return false;
    // Each step has chances of its own, so that the seed says which of those who come to it end there.
    const random = chances.get(step) ?? makeRandom(rule.seed * 7919 + numberOf(step));
    chances.set(step, random);
    return random.chance(odds);
  };

  const end = (one: Process, step: string): void => {
    one.ended = true;
    counts.killed[step] = (counts.killed[step] ?? 0) + 1;
    const cut = Math.max(0, one.sending - one.recorded);
    counts.cut += cut;
    counts.processesCut += cut > 0 ? 1 : 0;
  };

  return {
    start: (next: CrashRule): void => {
      rule = next;
      chances.clear();
      counts = { killed: {}, duplicated: 0, cut: 0, processesCut: 0 };
    },
    /** Nobody is ended any more; the account goes on. */
    calm: (): void => {
      rule = undefined;
    },
    counts: () => counts,
    /** A process has come to a step; answers whether it ends there. One that was told so gets no further. */
    ends: ({ process, recorded }: Asker, step: string): boolean => {
      const one = processes.get(process) ?? { sending: 0, recorded: 0, ended: false };
      processes.set(process, one);
      if (one.ended) return true;
      one.recorded = Math.max(one.recorded, recorded);
      if (step === 'duplicate.found') counts.duplicated += 1;
      if (strikes(step)) end(one, step);
      else if (step === 'deliver.read') one.sending += 1;
      return one.ended;
    },
  };
};
