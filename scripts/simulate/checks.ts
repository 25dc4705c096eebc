import { FAST_LANE } from '../../functions/platform/limits/delivery.domain.ts';
import { MINUTE_MS, SECOND_MS } from '../../functions/platform/limits/time.domain.ts';
import { makeClock } from './engine/clock.ts';
import { makeRandom } from './engine/random.ts';
import { makeEventSource } from './model/event-source.ts';
import { makeAccount, makeFunction } from './model/lambda.ts';
import {
  CONNECT_MS,
  FUNCTION_MS,
  GATEWAY_MS,
  MEASURED_DOLLARS,
  RECEIVE_MS,
  STREAM_POLL_MS,
} from './model/measured.ts';
import { messagesOf, run } from './run.ts';
import { parseScenario } from './scenario.ts';
import type { Scenario } from './scenario.ts';

/** A prediction of the simulation beside arithmetic or a measurement of the benchmark on the emulator. */
export interface Check {
  readonly what: string;
  readonly source: string;
  readonly expected: number;
  readonly simulated: number;
  readonly unit: string;
}

export const errorOf = ({ expected, simulated }: Check): number => (simulated - expected) / expected;

const SEED = 7;

const CONSTANT_MS = 200;

/** One kind of receiver that always answers at once, one endpoint a user, payloads of a kilobyte. */
const healthy = (more: object): Scenario =>
  parseScenario(
    JSON.stringify({
      name: 'check',
      description: 'a scenario whose results are known',
      users: [1],
      messagesPerUserPerDay: 24,
      busiestHourShare: 1 / 24,
      minutes: 30,
      endpointsPerUser: [{ share: 1, endpoints: 1 }],
      payloadBytes: [{ share: 1, bytes: 1_000 }],
      receivers: [{ name: 'healthy', share: 1, latencyMs: { p50: CONSTANT_MS, p95: CONSTANT_MS } }],
      ...more,
    }),
    'check',
  );

const runOf = (scenario: Scenario, users: number, mostMessages = Number.POSITIVE_INFINITY) =>
  run({ scenario, users, seed: SEED, mostMessages, wallMs: () => 0 });

/** Erlang's C formula: the mean wait in a queue with `servers` servers, Poisson arrivals and exponential service. */
export const meanWaitOf = (servers: number, arrivalsPerMs: number, serviceMs: number): number => {
  const load = arrivalsPerMs * serviceMs;
  let blocking = 1;
  for (let count = 1; count <= servers; count += 1) blocking = (load * blocking) / (count + load * blocking);
  const waiting = blocking / (1 - (load / servers) * (1 - blocking));
  return (waiting * serviceMs) / (servers - load);
};

/** The event source of a queue as an M/M/c queue: batches of one, exponential service. */
export const simulatedWait = (servers: number, arrivalsPerMs: number, serviceMs: number): number => {
  const clock = makeClock();
  const random = makeRandom(SEED);
  const timing = { scale: 1, intervalMs: MINUTE_MS, intervals: 1 };
  const lambda = makeFunction({ name: 'check', account: makeAccount(1_000), ...timing });
  const source = makeEventSource<number>({
    ...{ clock, random, lambda, ...timing, batch: 1, windowMs: 0, receiveMs: 0 },
    ...{ maximumConcurrency: servers, visibilityMs: Number.POSITIVE_INFINITY, maxReceives: 1 },
    groupOf: (item) => item,
    work: () => ({ durationMs: random.exponential(serviceMs), ended: () => undefined }),
    onDeadLetter: () => undefined,
  });
  let count = 0;
  const arrive = () => {
    source.send((count += 1));
    if (count < 200_000) clock.at(clock.now() + random.exponential(1 / arrivalsPerMs), arrive);
  };
  clock.at(0, arrive);
  for (let next = clock.next(); next !== undefined; next = clock.next()) clock.runUntil(next);
  return source.waits.mean();
};

const queueing = (): Check => {
  // As many as Lambda starts with, so that no pollers are added meanwhile.
  const [servers, arrivalsPerMs, serviceMs] = [5, 0.04, 100];
  return {
    what: 'mean wait for a lane with five batches at a time, eight tenths busy',
    source: "Erlang's C formula (M/M/5)",
    expected: meanWaitOf(servers, arrivalsPerMs, serviceMs),
    simulated: simulatedWait(servers, arrivalsPerMs, serviceMs),
    unit: 'ms',
  };
};

/** The standard normal quantile of 0.95, and the mean of the largest of ten standard normal numbers. */
const [Z95, LARGEST_OF_TEN] = [1.6449, 1.5388];

const spreadOf = ({ p50, p95 }: { readonly p50: number; readonly p95: number }) => Math.log(p95 / p50) / Z95;

/** The mean of a lognormal distribution. */
const meanOf = (latency: { readonly p50: number; readonly p95: number }) =>
  latency.p50 * Math.exp(spreadOf(latency) ** 2 / 2);

/** About the mean of the largest of ten. */
const largestOf = (latency: { readonly p50: number; readonly p95: number }) =>
  latency.p50 * Math.exp(spreadOf(latency) * LARGEST_OF_TEN);

/** From the 202 to the receiver, at a load without waiting: half a poll of the stream, and the functions' own time. */
const latency = (): Check => ({
  what: 'median from the 202 to the receiver without load',
  source: 'half a stream poll, measured times of the functions, a receive and a connection',
  expected:
    STREAM_POLL_MS / 2 -
    GATEWAY_MS +
    FUNCTION_MS.fanOut.first +
    meanOf(RECEIVE_MS) +
    FUNCTION_MS.deliver.first +
    meanOf(CONNECT_MS),
  simulated: runOf(healthy({ minutes: 600 }), 200).latency.p50,
  unit: 'ms',
});

/** Throttled batches are started again within a minute, half of them within half of it. */
const RESTART_SECONDS = 30;

/** A backlog of an outage against the rate at which full batches are delivered, first come, first served. */
const backlog = (): Check => {
  const [users, minutes, perUserPerDay, concurrency] = [10_000, 20, 1_440, 20];
  const scenario = healthy({
    minutes: 90,
    messagesPerUserPerDay: perUserPerDay,
    outage: { of: 'delivery', atMinute: 30, minutes },
    stage: { maximumConcurrency: { delivery: concurrency } },
  });
  const more = FAST_LANE.batch - 1;
  const batchMs =
    meanOf(RECEIVE_MS) +
    FUNCTION_MS.deliver.first +
    more * FUNCTION_MS.deliver.further +
    largestOf(CONNECT_MS) +
    CONSTANT_MS +
    FUNCTION_MS.record.first +
    more * FUNCTION_MS.record.further;
  const capacity = (concurrency * FAST_LANE.batch * SECOND_MS) / batchMs;
  return {
    what: `time until what was accepted in ${minutes} minutes without delivery is delivered`,
    source: `backlog / capacity of full batches + ${RESTART_SECONDS} s until throttled batches are repeated`,
    expected: ((users / 60) * minutes * 60) / capacity + RESTART_SECONDS,
    simulated: runOf(scenario, users).outage?.all ?? 0,
    unit: 's',
  };
};

/** A receiver on the same machine, as in the benchmark. */
const LOCAL = [{ name: 'local', share: 1, latencyMs: { p50: 1, p95: 1 }, connectMs: { p50: 0.1, p95: 0.1 } }];

/** So many messages of one application that all batches are full, as in the benchmark. */
const busy = healthy({
  minutes: 5,
  messagesPerUserPerDay: 1_200,
  receivers: LOCAL,
  hotTenant: { share: 1 },
  account: { concurrency: 2_000, apiRate: 10_000, apiBurst: 10_000 },
  stage: { throttle: { rate: 10_000, burst: 10_000 }, maximumConcurrency: { delivery: 5 } },
});

/** The benchmark counts calls and units of each message on the emulator; it has neither egress nor storage. */
const price = (what: 'one by one' | 'full batches', expected: number): Check => {
  const oneByOne = healthy({ minutes: 600, receivers: LOCAL });
  const result = what === 'one by one' ? runOf(oneByOne, 20) : runOf(busy, 100_000);
  const { Egress = 0, Storage = 0 } = result.dollarsBy;
  return {
    what: `list price of a million messages, ${what}`,
    source: 'npm run bench -- price, measured on the emulator',
    expected,
    simulated: result.dollarsPerMillion - Egress - Storage,
    unit: 'dollars',
  };
};

const SAMPLE = 4;

/** What a sample of one user in four says of the same population. */
const sampling = (): readonly Check[] => {
  const scenario = healthy({
    minutes: 10,
    messagesPerUserPerDay: 1_440,
    receivers: [
      { name: 'usual', share: 0.99, latencyMs: { p50: 90, p95: 350 }, failures: 0.01 },
      { name: 'slow', share: 0.01, latencyMs: { p50: 4_000, p95: 12_000 } },
    ],
  });
  const users = 20_000;
  const whole = runOf(scenario, users);
  const sample = runOf(scenario, users, messagesOf(scenario, users) / SAMPLE);
  const source = `the whole population of ${users.toLocaleString('en')} users`;
  return [
    ['p50', whole.latency.p50, sample.latency.p50, 'ms'] as const,
    ['p95', whole.latency.p95, sample.latency.p95, 'ms'] as const,
    ['concurrency', whole.concurrency, sample.concurrency, 'executions'] as const,
    ['dollars per million', whole.dollarsPerMillion, sample.dollarsPerMillion, 'dollars'] as const,
  ].map(([what, expected, simulated, unit]) => ({
    what: `${what} of a sample of one user in ${sample.scale}`,
    ...{ source, expected, simulated, unit },
  }));
};

/** Compares the simulation with what is known. `onCheck`: called before each. */
export const runChecks = (onCheck: (name: string) => void = () => undefined): readonly Check[] => {
  const checks: readonly (readonly [string, () => readonly Check[]])[] = [
    ['queueing', () => [queueing()]],
    ['latency', () => [latency()]],
    ['backlog', () => [backlog()]],
    ['price one by one', () => [price('one by one', MEASURED_DOLLARS.oneByOne)]],
    ['price of full batches', () => [price('full batches', MEASURED_DOLLARS.fullBatches)]],
    ['sampling', sampling],
  ];
  return checks.flatMap(([name, of]) => {
    onCheck(name);
    return of();
  });
};
