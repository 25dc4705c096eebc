import { emfLine, MOST_VALUES } from './emf.domain.ts';
import type { MetricLine } from './emf.domain.ts';

/**
 * Facts about messages and deliveries, as metrics. Healthy ones are summed up over ten seconds in each process, since a line
 * for each message would cost more than its delivery; the rest is written when its invocation ends. A process that Lambda ends
 * takes the healthy facts of its last ten seconds along: metrics are for trends and alarms, the log of attempts is for counting.
 */
export interface Facts {
  /** Something that happens to healthy messages. */
  count(name: CountedFact, by?: number): void;
  /** How long something took, in ms. */
  time(name: TimedFact, ms: number): void;
  /** Something to look at, by its cause or reason. */
  countNow(name: CountedFact, by: number, dimension?: Reason): void;
  /** At the end of an invocation. */
  flush(functionName: string): void;
}

type Reason = { readonly cause: string } | { readonly reason: string };

export type CountedFact =
  | 'Accepted'
  | 'Delivered'
  | 'FailedAttempts'
  | 'RetriesScheduled'
  | 'Exhausted'
  | 'Dropped'
  | 'DuplicatesAvoided'
  | 'BreakerOpened'
  | 'PublishLimitWaits'
  | 'IngestRefused';
export type TimedFact = 'TimeToFirstAttempt' | 'ReceiverLatency';

export interface FactsDeps {
  readonly now: () => number;
  readonly write: (line: string) => void;
}

/** At six lines of 300 bytes a minute: 40 cents a year for a process that never rests. */
const EVERY_MS = 10_000;

/** The facts of one process. */
export const makeFacts = ({ now, write }: FactsDeps): Facts => {
  let counts: Record<string, number> = {};
  let times: Record<string, number[]> = {};
  let urgent: { readonly dimension: Reason | undefined; readonly counts: MetricLine['counts'] }[] = [];
  let writtenAt = Number.NEGATIVE_INFINITY;

  const isDue = () =>
    now() - writtenAt >= EVERY_MS || Object.values(times).some((values) => values.length >= MOST_VALUES);

  const writeSummedUp = (functionName: string) => {
    write(emfLine({ atMs: now(), dimensions: { function: functionName }, counts, times }));
    counts = {};
    times = {};
    writtenAt = now();
  };

  return {
    count: (name, by = 1) => {
      counts[name] = (counts[name] ?? 0) + by;
    },
    time: (name, ms) => {
      const values = (times[name] ??= []);
      // Within one invocation; a batch has fifty deliveries at most.
      if (values.length < MOST_VALUES) values.push(ms);
    },
    countNow: (name, by, dimension) => {
      urgent.push({ dimension, counts: { [name]: by } });
    },
    flush: (functionName) => {
      for (const { dimension, counts: some } of urgent)
        write(
          emfLine({
            atMs: now(),
            dimensions: { function: functionName, ...dimension },
            ...{ counts: some, times: {} },
          }),
        );
      urgent = [];
      const isEmpty = Object.keys(counts).length === 0 && Object.keys(times).length === 0;
      if (!isEmpty && isDue()) writeSummedUp(functionName);
    },
  };
};

/** Of this process. Written to the standard output: Lambda's console would wrap the line in another object. */
export const facts = makeFacts({
  now: () => Date.now(),
  write: (line) => void process.stdout.write(`${line}\n`),
});
