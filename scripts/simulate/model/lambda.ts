import { makeSeries } from '../engine/series.ts';
import type { Series } from '../engine/series.ts';
import { COLD_START_MS } from './measured.ts';

/** Lambda starts 1,000 new environments of a function in ten seconds (Lambda Developer Guide, scaling). */
const NEW_ENVIRONMENTS = { burst: 1_000, perMs: 0.1 };
/** An idle environment lives for minutes; the documentation gives no number. */
const ENVIRONMENT_LIFE_MS = 600_000;

export interface Account {
  /** Concurrent executions of the account. Changed by scenarios: an outage takes them away from delivery. */
  readonly limit: number;
  readonly used: () => number;
  readonly peak: () => number;
  /** When an execution was refused first; undefined: none was. */
  readonly fullFrom: () => number | undefined;
  readonly acquire: (nowMs: number) => boolean;
  readonly release: () => void;
}

export const makeAccount = (limit: number): Account => {
  let used = 0;
  let peak = 0;
  let fullFrom: number | undefined;
  return {
    limit,
    used: () => used,
    peak: () => peak,
    fullFrom: () => fullFrom,
    acquire: (nowMs) => {
      if (used + 1 > limit) {
        fullFrom ??= nowMs;
        return false;
      }
      used += 1;
      if (used > peak) peak = used;
      return true;
    },
    release: () => void (used -= 1),
  };
};

export interface FunctionUse {
  readonly invocations: number;
  readonly busyMs: number;
  readonly coldStarts: number;
  readonly throttles: number;
  readonly peak: number;
}

export interface LambdaFunction {
  readonly name: string;
  /** Starts an invocation: the time of its init phase (0: a warm environment), or undefined: throttled. */
  readonly start: (nowMs: number) => number | undefined;
  /** Ends an invocation that took so long. */
  readonly end: (nowMs: number, durationMs: number) => void;
  readonly busy: () => number;
  readonly use: () => FunctionUse;
  readonly series: Series;
  /** While true, every invocation is throttled: an outage. */
  suspended: boolean;
}

export interface FunctionOptions {
  readonly name: string;
  readonly account: Account;
  /** A sample of one user in `scale`. */
  readonly scale: number;
  readonly intervalMs: number;
  readonly intervals: number;
}

/** A function with its environments. Concurrency is taken from the account's. */
export const makeFunction = (options: FunctionOptions): LambdaFunction => {
  const { name, account, scale, intervalMs, intervals } = options;
  const series = makeSeries(intervalMs, intervals);
  let tokens = NEW_ENVIRONMENTS.burst / scale;
  let tokensAt = 0;
  let environments = 0;
  let busy = 0;
  let busiest = 0;
  let busiestSince = 0;
  let peak = 0;
  let invocations = 0;
  let busyMs = 0;
  let coldStarts = 0;
  let throttles = 0;

  /** Environments that were not needed for ten minutes are gone. */
  const expire = (nowMs: number) => {
    if (nowMs - busiestSince < ENVIRONMENT_LIFE_MS) return;
    environments = Math.min(environments, busiest);
    busiest = busy;
    busiestSince = nowMs;
  };

  const newEnvironment = (nowMs: number): boolean => {
    tokens = Math.min(
      NEW_ENVIRONMENTS.burst / scale,
      tokens + ((nowMs - tokensAt) * NEW_ENVIRONMENTS.perMs) / scale,
    );
    tokensAt = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    environments += 1;
    coldStarts += 1;
    return true;
  };

  const lambda: LambdaFunction = {
    ...{ name, series, suspended: false },
    start: (nowMs) => {
      expire(nowMs);
      const isWarm = busy < environments;
      if (lambda.suspended || !account.acquire(nowMs)) {
        throttles += 1;
        return undefined;
      }
      if (!isWarm && !newEnvironment(nowMs)) {
        account.release();
        throttles += 1;
        return undefined;
      }
      busy += 1;
      invocations += 1;
      peak = Math.max(peak, busy);
      busiest = Math.max(busiest, busy);
      series.raise(nowMs, busy * scale);
      return isWarm ? 0 : COLD_START_MS;
    },
    end: (nowMs, durationMs) => {
      busy -= 1;
      busyMs += durationMs;
      series.raise(nowMs, busy * scale);
      account.release();
    },
    busy: () => busy,
    use: () => ({ invocations, busyMs, coldStarts, throttles, peak }),
  };
  return lambda;
};
