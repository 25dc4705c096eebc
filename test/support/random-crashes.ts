import { z } from 'zod';
import { makeRandom } from './simulation/random.ts';

/** Decides at random which processes end, and counts the requests that each had in flight. */
export const crashRule = z.object({
  seed: z.number(),
  /** The probability that a process ends at a step, by the flow: the part of the step's name before the dot. */
  odds: z.record(z.string(), z.number()),
});
export type CrashRule = z.infer<typeof crashRule>;

export const crashCounts = z.object({
  /** The number of ended processes by step. */
  killed: z.record(z.string(), z.number()),
  /** Requests whose attempt a duplicate delivery had recorded first. */
  duplicated: z.number(),
  /** Requests, sent or about to be, that were not recorded when their process ended. */
  cut: z.number(),
  /** The number of processes that had such requests. */
  processesCut: z.number(),
});
export type CrashCounts = z.infer<typeof crashCounts>;

/** The process that asks, and how many of its requests have been recorded. */
export interface Asker {
  readonly process: string;
  readonly recorded: number;
}

interface Process {
  /** Deliveries that passed `deliver.read`, after which a request follows. */
  sending: number;
  recorded: number;
  ended: boolean;
}

const flowOf = (step: string) => step.slice(0, step.indexOf('.'));

const numberOf = (step: string) => Buffer.from(step).reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0);

export const makeRandomCrashes = () => {
  const processes = new Map<string, Process>();
  const sequences = new Map<string, ReturnType<typeof makeRandom>>();
  let counts: CrashCounts = { killed: {}, duplicated: 0, cut: 0, processesCut: 0 };
  let rule: CrashRule | undefined;

  const crashesAt = (step: string): boolean => {
    const odds = rule?.odds[flowOf(step)];
    if (rule === undefined || odds === undefined) return false;
    // A random sequence for each step, so that the seed determines which of the processes that reach it end there.
    const random = sequences.get(step) ?? makeRandom(rule.seed * 7919 + numberOf(step));
    sequences.set(step, random);
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
      sequences.clear();
      counts = { killed: {}, duplicated: 0, cut: 0, processesCut: 0 };
    },
    /** Ends no more processes; counting continues. */
    stop: (): void => {
      rule = undefined;
    },
    counts: () => counts,
    /** Whether a process that has reached a step ends there. A process that ended is answered true at every later step. */
    ends: ({ process, recorded }: Asker, step: string): boolean => {
      const one = processes.get(process) ?? { sending: 0, recorded: 0, ended: false };
      processes.set(process, one);
      if (one.ended) return true;
      one.recorded = Math.max(one.recorded, recorded);
      if (step === 'duplicate.found') counts.duplicated += 1;
      if (crashesAt(step)) end(one, step);
      else if (step === 'deliver.read') one.sending += 1;
      return one.ended;
    },
  };
};
