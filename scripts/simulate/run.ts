import { HOUR_MS, SECOND_MS } from '../../functions/platform/limits/time.domain.ts';
import { costOf } from './cost.ts';
import type { Histogram } from './engine/histogram.ts';
import { eachLane } from './model/lanes.ts';
import { firstLimit, limitsOf } from './limits.ts';
import { makeSimulation } from './pipeline/simulation.ts';
import type { Simulation } from './pipeline/simulation.ts';
import type { Latencies, OutageResult, Result, ResultSeries } from './result.ts';
import type { Scenario } from './scenario.ts';

export interface RunOptions {
  readonly scenario: Scenario;
  readonly users: number;
  readonly seed: number;
  /** The most messages to simulate; a larger population is sampled. */
  readonly mostMessages: number;
  /** Called now and then with the virtual minute and the deliveries that are under way. */
  readonly onProgress?: (minute: number, open: number) => void;
  /** Milliseconds of the machine's clock, for the time that a run takes. */
  readonly wallMs: () => number;
}

/** A sample leaves at least this many batches at a time to the narrowest lane. */
const LEAST_LANE = 2;

const latenciesOf = (histogram: Histogram): Latencies => ({
  p50: Math.round(histogram.percentile(50)),
  p95: Math.round(histogram.percentile(95)),
  p99: Math.round(histogram.percentile(99)),
  max: Math.round(histogram.max()),
});

/** Messages that all users publish in the minutes of a scenario, spikes included. */
export const messagesOf = (scenario: Scenario, users: number): number => {
  const perMinute = (users * scenario.messagesPerUserPerDay * scenario.busiestHourShare) / 60;
  const extra = scenario.spikes.reduce((sum, { minutes, factor }) => sum + minutes * (factor - 1), 0);
  return perMinute * (scenario.minutes + extra);
};

/** One user in how many is simulated: the least with which a run has no more than `mostMessages`. */
export const scaleOf = (scenario: Scenario, users: number, mostMessages: number): number => {
  const enough = Math.ceil(messagesOf(scenario, users) / mostMessages);
  return Math.max(1, Math.min(enough, Math.floor(20 / LEAST_LANE)));
};

const outageResult = (
  simulation: Simulation,
  { outage }: Scenario,
  scale: number,
): OutageResult | undefined => {
  if (outage === undefined) return undefined;
  const { backlog, firstAttempts } = simulation.ledger;
  const seconds = (ms: number) => Math.round(ms / SECOND_MS);
  return {
    of: outage.of,
    deliveries: firstAttempts.count() * scale,
    attempted: seconds(firstAttempts.max()),
    half: seconds(backlog.percentile(50)),
    most: seconds(backlog.percentile(99)),
    all: seconds(backlog.max()),
  };
};

const seriesOf = (simulation: Simulation): ResultSeries => {
  const { ledger, functions, sources, intervalMs } = simulation;
  const each = <Value>(all: Readonly<Record<string, Value>>, of: (value: Value) => readonly number[]) =>
    Object.fromEntries(Object.entries(all).map(([name, value]) => [name, of(value)]));
  const { accepted, delivered, failed, meanLatency, worstLatency } = ledger.series();
  return {
    intervalSeconds: intervalMs / SECOND_MS,
    published: accepted,
    ...{ delivered, failed, meanLatency, worstLatency },
    concurrency: each(functions, ({ series }) => series.values()),
    depth: each(sources, ({ depth }) => depth.values()),
    age: each(sources, ({ age }) => age.values().map((ms) => ms / SECOND_MS)),
  };
};

const openAtEnd = (simulation: Simulation): number =>
  simulation.ledger.open() + simulation.publishing.underWay();

/** Runs one population to its end. */
export const run = (options: RunOptions): Result => {
  const { scenario, users, seed, onProgress, wallMs } = options;
  const startedAt = wallMs();
  const scale = scaleOf(scenario, users, options.mostMessages);
  const simulation = makeSimulation({
    ...{ scenario, users, seed, scale },
    ...(onProgress === undefined ? {} : { onMinute: onProgress }),
  });
  simulation.run();
  const counts = simulation.ledger.counts();
  const publish = simulation.publishing.use();
  const cost = costOf(simulation, scenario, users);
  const limits = limitsOf(simulation, scenario, scale);
  const { latency, hotLatency, steadyLatency } = simulation.ledger;
  return {
    ...{ users, scale, seed },
    rate: simulation.publishing.rate,
    peakRate: publish.peak,
    offered: publish.offered * scale,
    accepted: counts.accepted * scale,
    refused: publish.refused * scale,
    throttled: publish.throttled * scale,
    failed: publish.failed * scale,
    deliveries: counts.made * scale,
    attempts: counts.attempts * scale,
    succeeded: counts.succeeded * scale,
    exhausted: counts.exhausted * scale,
    deadLettered: counts['dead-lettered'] * scale,
    lost: openAtEnd(simulation) * scale,
    latency: latenciesOf(latency),
    steadyLatency: latenciesOf(steadyLatency),
    hotLatency: hotLatency.count() === 0 ? undefined : latenciesOf(hotLatency),
    concurrency: simulation.account.peak() * scale,
    concurrencyOf: Object.fromEntries(
      Object.values(simulation.functions).map(({ name, use }) => [name, use().peak * scale]),
    ),
    lanes: Object.values(
      eachLane((lane) => {
        const { peakConcurrency, deepest, longestMs } = simulation.sources[lane].use();
        return {
          lane,
          concurrency: peakConcurrency * scale,
          maximumConcurrency: simulation.limits[lane].maximumConcurrency,
          deepest: deepest * scale,
          oldestSeconds: Math.round(longestMs / SECOND_MS),
        };
      }),
    ),
    tables: Object.entries(simulation.tables).map(([table, { use }]) => {
      const { peak, partitionPeak } = use();
      return { table, writes: Math.round(peak), partitionWrites: Math.round(partitionPeak) };
    }),
    dollarsPerMillion: cost.perMillion,
    dollarsPerMonth: cost.perMonth,
    monthlyMessages: cost.monthlyMessages,
    dollarsBy: cost.by,
    limits,
    first: firstLimit(limits),
    outage: outageResult(simulation, scenario, scale),
    hours: simulation.clock.now() / HOUR_MS,
    tasks: simulation.clock.tasks(),
    wallSeconds: (wallMs() - startedAt) / SECOND_MS,
    series: seriesOf(simulation),
  };
};
