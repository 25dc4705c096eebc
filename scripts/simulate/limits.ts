import { SECOND_MS } from '../../functions/platform/limits/time.domain.ts';
import { PARTITION_WRITES } from './model/dynamo.ts';
import { eachLane } from './model/lanes.ts';
import { MOST_IN_FLIGHT } from './model/event-source.ts';
import type { Simulation } from './pipeline/simulation.ts';
import type { Scenario } from './scenario.ts';

/** How much of a limit a run used. */
export interface LimitUse {
  readonly limit: string;
  readonly used: number;
  readonly most: number;
  readonly unit: string;
  /** Seconds after the start when it was reached first; undefined: it was not. */
  readonly reachedAt: number | undefined;
  /** What to change. */
  readonly change: string;
}

/** A lane that was full for less than this was full between two batches. */
const SHORTLY_MS = 1_000;

const seconds = (ms: number | undefined) => (ms === undefined ? undefined : Math.round(ms / SECOND_MS));

const gateway = (simulation: Simulation, { stage, account }: Scenario): LimitUse => {
  const { peak, throttledFrom } = simulation.publishing.use();
  const isStage = stage.throttle.rate <= account.apiRate;
  return {
    limit: isStage ? 'throttle of the stage' : "API Gateway's throttle of the account",
    used: peak,
    most: Math.min(stage.throttle.rate, account.apiRate),
    unit: 'publishes a second',
    reachedAt: seconds(throttledFrom),
    change: isStage
      ? 'raise "throttle" in the stage file, up to the quota of the account (10,000 a second); batch publish needs one request for 100 messages'
      : 'ask for a higher quota of API Gateway (L-8A5B8E43), then raise "throttle" in the stage file',
  };
};

const concurrency = (simulation: Simulation, scale: number, { account }: Scenario): LimitUse => ({
  limit: "the account's concurrency",
  used: simulation.account.peak() * scale,
  most: account.concurrency,
  unit: 'concurrent executions',
  reachedAt: seconds(simulation.account.fullFrom()),
  change:
    'ask for more concurrent executions in Service Quotas (L-B99A9384), then raise "accountConcurrency" in the stage file',
});

const lanes = (simulation: Simulation, scale: number): LimitUse[] =>
  Object.values(
    eachLane((lane): LimitUse => {
      const { peakConcurrency, fullMs, fullFrom } = simulation.sources[lane].use();
      const { maximumConcurrency, change } = simulation.limits[lane];
      return {
        limit: `concurrency of the ${lane} lane`,
        used: peakConcurrency * scale,
        most: maximumConcurrency,
        unit: 'batches at a time',
        reachedAt: fullMs > SHORTLY_MS ? seconds(fullFrom) : undefined,
        change,
      };
    }),
  );

const tables = (simulation: Simulation, { account }: Scenario): LimitUse[] =>
  Object.entries(simulation.tables).flatMap(([table, { use }]) => {
    const { peak, partitionPeak, waitedFrom } = use();
    const isPartition = partitionPeak >= PARTITION_WRITES;
    return [
      {
        limit: `write units of the table ${table}`,
        used: peak,
        most: account.tableWrites,
        unit: 'units a second',
        reachedAt: isPartition ? undefined : seconds(waitedFrom),
        change: `pre-warm the table before such a rate (warm throughput in the console), or let it grow: it doubles in half an hour`,
      },
      {
        limit: `one partition of ${table}`,
        used: partitionPeak,
        most: PARTITION_WRITES,
        unit: 'units a second',
        reachedAt: isPartition ? seconds(waitedFrom) : undefined,
        change:
          'divide the tenant into several applications: an application has eight partitions in each table',
      },
    ];
  });

const inFlight = (simulation: Simulation, scale: number): LimitUse => ({
  limit: 'messages in flight of a queue',
  used: Math.max(...Object.values(simulation.sources).map((source) => source.use().mostInFlight)) * scale,
  most: MOST_IN_FLIGHT,
  unit: 'messages',
  reachedAt: undefined,
  change: 'ask for more messages in flight in Service Quotas (SQS)',
});

const sweeper = (simulation: Simulation): LimitUse => {
  const { mostInRun, capacity } = simulation.due.use();
  return {
    limit: 'due items of a run of the sweeper',
    used: mostInRun,
    most: capacity,
    unit: 'items a minute (of the sample)',
    reachedAt: undefined,
    change: 'nothing: later runs catch up; retries are late by minutes meanwhile',
  };
};

/** All limits that a run may meet, with what it used of them. */
export const limitsOf = (simulation: Simulation, scenario: Scenario, scale: number): readonly LimitUse[] => [
  gateway(simulation, scenario),
  concurrency(simulation, scale, scenario),
  ...lanes(simulation, scale),
  ...tables(simulation, scenario),
  inFlight(simulation, scale),
  sweeper(simulation),
];

const percent = (share: number) => `${Math.round(100 * share)} %`;

const clock = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')}`;

/** The limit that was reached first; else the one that the most was used of. */
export const firstLimit = (
  limits: readonly LimitUse[],
): { readonly limit: string; readonly text: string; readonly change: string } => {
  const reached = limits
    .filter(({ reachedAt }) => reachedAt !== undefined)
    .sort((one, other) => (one.reachedAt ?? 0) - (other.reachedAt ?? 0));
  const [first] = reached;
  if (first !== undefined)
    return {
      limit: first.limit,
      text: `${first.limit} (${first.most.toLocaleString('en')} ${first.unit}), reached at ${clock(first.reachedAt ?? 0)}`,
      change: first.change,
    };
  const [next] = [...limits].sort((one, other) => other.used / other.most - one.used / one.most);
  if (next === undefined) return { limit: 'none', text: 'none', change: 'nothing' };
  const share = next.used / next.most;
  return {
    limit: 'none',
    text: `none; nearest: ${next.limit}, ${percent(share)} used`,
    change:
      share > 0.5 ? `at ${(1 / Math.max(share, 1e-9)).toFixed(1)} times this load ${next.change}` : 'nothing',
  };
};
