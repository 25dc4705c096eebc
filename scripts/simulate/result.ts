import type { LimitUse } from './limits.ts';

/** Milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface LaneResult {
  readonly lane: string;
  readonly concurrency: number;
  readonly maximumConcurrency: number;
  readonly deepest: number;
  readonly oldestSeconds: number;
}

export interface TableResult {
  readonly table: string;
  /** Write units a second in the busiest minute, of the table and of its busiest partition key. */
  readonly writes: number;
  readonly partitionWrites: number;
}

export interface OutageResult {
  readonly of: string;
  /** Deliveries of messages that were accepted during the outage. */
  readonly deliveries: number;
  /** Seconds after the end of the outage until each of them had been attempted. */
  readonly attempted: number;
  /** Of those that were delivered in the end: seconds until half of them were, 99 % and all. */
  readonly half: number;
  readonly most: number;
  readonly all: number;
}

/** One run: a number of users in a scenario. Counts are of the whole population, also where a sample was simulated. */
export interface Result {
  readonly users: number;
  /** One user in so many was simulated. */
  readonly scale: number;
  readonly seed: number;
  /** Publishes a second: without a spike, and in the busiest ten seconds. */
  readonly rate: number;
  readonly peakRate: number;
  readonly offered: number;
  readonly accepted: number;
  readonly refused: number;
  /** Responses 429 and 5xx; clients repeat such requests. */
  readonly throttled: number;
  readonly failed: number;
  readonly deliveries: number;
  readonly attempts: number;
  readonly succeeded: number;
  readonly exhausted: number;
  readonly deadLettered: number;
  /** Deliveries that had not ended when the run did, and accepted messages without a trace. */
  readonly lost: number;
  readonly latency: Latencies;
  /** Of messages that were not accepted in a spike, within ten minutes after one, or in the first ten minutes. */
  readonly steadyLatency: Latencies;
  /** Of the hot tenant, if the scenario has one. */
  readonly hotLatency: Latencies | undefined;
  /** The most concurrent executions: of the account, and by function. */
  readonly concurrency: number;
  readonly concurrencyOf: Readonly<Record<string, number>>;
  readonly lanes: readonly LaneResult[];
  readonly tables: readonly TableResult[];
  readonly dollarsPerMillion: number;
  readonly dollarsPerMonth: number;
  readonly monthlyMessages: number;
  readonly dollarsBy: Readonly<Record<string, number>>;
  readonly limits: readonly LimitUse[];
  /** What limits this population first, in a sentence, and what to change. */
  readonly first: { readonly limit: string; readonly text: string; readonly change: string };
  readonly outage: OutageResult | undefined;
  /** Hours from the first publish until every delivery had ended. */
  readonly hours: number;
  readonly tasks: number;
  readonly wallSeconds: number;
  readonly series: ResultSeries;
}

/** By interval. */
export interface ResultSeries {
  readonly intervalSeconds: number;
  readonly published: readonly number[];
  readonly delivered: readonly number[];
  readonly failed: readonly number[];
  readonly meanLatency: readonly number[];
  readonly worstLatency: readonly number[];
  readonly concurrency: Readonly<Record<string, readonly number[]>>;
  readonly depth: Readonly<Record<string, readonly number[]>>;
  readonly age: Readonly<Record<string, readonly number[]>>;
}
