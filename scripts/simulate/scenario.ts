import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';
import {
  EVENT_SOURCE_CONCURRENCY,
  LEAST_ACCOUNT_CONCURRENCY,
  USUAL_ACCOUNT_CONCURRENCY,
} from '../../functions/platform/limits/concurrency.domain.ts';
import { REQUEST_TIMEOUT_SECONDS } from '../../functions/platform/limits/delivery.domain.ts';
import { BODY_BYTES } from '../../functions/platform/limits/requests.domain.ts';
import { stageSettings } from '../../functions/platform/settings/organization-settings.ts';
import { Problem } from '../local/problem.ts';

/**
 * Scenarios are data: who publishes how much to which receivers, in which account. The files are in
 * scripts/simulate/scenarios.
 */

const share = z.number().min(0).max(1);
const latency = z
  .strictObject({ p50: z.number().positive(), p95: z.number().positive() })
  .refine(({ p50, p95 }) => p95 >= p50, { path: ['p95'], message: 'must not be below p50' });

const receiver = z.strictObject({
  name: z.string().min(1),
  /** Of all endpoints. */
  share,
  /** Milliseconds until the response, without the connection. */
  latencyMs: latency,
  /** Milliseconds of DNS, TCP and TLS; absent: those of model/measured.ts. */
  connectMs: latency.optional(),
  /** The share of its responses that are failures (5xx). */
  failures: share.default(0),
  /** Never answers: requests end with the timeout. */
  hangs: z.boolean().default(false),
  /** Retry-After of its failures, in seconds. */
  retryAfter: z.number().positive().optional(),
  /** The endpoint's throttle: sends a second. */
  throttleRate: z.number().positive().optional(),
});

const addsUp = (list: readonly { readonly share: number }[]) =>
  Math.abs(list.reduce((sum, one) => sum + one.share, 0) - 1) < 1e-6;
const ADDS_UP = 'shares must add up to 1';

const minute = z.number().min(0);

const scenario = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a-z, 0-9 and "-"'),
  description: z.string().min(1),
  /** Users of the platform: applications of Posthorn. One run for each number. */
  users: z.array(z.int().positive()).min(1),
  messagesPerUserPerDay: z.number().positive(),
  /** The share of a day's messages in its busiest hour, which is what is simulated; an even day has 1/24. */
  busiestHourShare: z
    .number()
    .min(1 / 24)
    .max(1),
  /** How long messages are published (virtual minutes); afterwards the run goes on until all deliveries have ended. */
  minutes: z.number().positive().max(1_440),
  endpointsPerUser: z
    .array(z.strictObject({ share, endpoints: z.int().positive().max(100) }))
    .min(1)
    .refine(addsUp, ADDS_UP),
  payloadBytes: z
    .array(z.strictObject({ share, bytes: z.int().positive().max(BODY_BYTES) }))
    .min(1)
    .refine(addsUp, ADDS_UP),
  receivers: z.array(receiver).min(1).refine(addsUp, ADDS_UP),
  /** Seconds before each retry; absent: the default of organizations. */
  retrySchedule: z.array(z.int().positive()).optional(),
  /** Seconds; absent: the default of organizations. */
  requestTimeout: z.int().min(REQUEST_TIMEOUT_SECONDS.least).max(REQUEST_TIMEOUT_SECONDS.most).optional(),
  spikes: z
    .array(
      z.strictObject({ atMinute: minute, minutes: z.number().positive(), factor: z.number().positive() }),
    )
    .default([]),
  /** One user with this share of all messages. */
  hotTenant: z.strictObject({ share, endpoints: z.int().positive().max(100).default(1) }).optional(),
  /** Of receivers: they refuse connections or hang. Of delivery: no invocation of a delivery function starts. */
  outage: z
    .strictObject({
      of: z.enum(['receivers', 'hanging receivers', 'delivery']),
      atMinute: minute,
      minutes: z.number().positive(),
      /** Of the endpoints. */
      share: share.default(1),
    })
    .optional(),
  account: z
    .strictObject({
      concurrency: z.int().min(LEAST_ACCOUNT_CONCURRENCY).default(USUAL_ACCOUNT_CONCURRENCY),
      /** API Gateway's quota of requests a second and burst, for all APIs of the region. */
      apiRate: z.number().positive().default(10_000),
      apiBurst: z.number().positive().default(5_000),
      /** Write units a second that each table takes at first: 4,000 when it is new. */
      tableWrites: z.number().positive().default(4_000),
    })
    .prefault({}),
  /** Options of the stage file; absent ones have its defaults. */
  stage: z
    .strictObject({
      accountConcurrency: z.int().min(LEAST_ACCOUNT_CONCURRENCY).optional(),
      throttle: z
        .strictObject({ rate: z.int().positive(), burst: z.int().positive() })
        .default({ rate: 2_000, burst: 1_000 }),
      maximumConcurrency: z
        .record(z.string(), z.int().min(EVENT_SOURCE_CONCURRENCY.least).max(EVENT_SOURCE_CONCURRENCY.most))
        .default({}),
      rowRetentionDays: stageSettings.shape.rowRetentionDays,
    })
    .prefault({}),
});

export type Scenario = z.infer<typeof scenario>;
export type Receiver = Scenario['receivers'][number];

/** Parses a scenario. Throws a Problem with a line for each mistake. */
export const parseScenario = (text: string, file: string): Scenario => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Problem(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const result = scenario.safeParse(json);
  if (result.success) return result.data;
  throw new Problem(
    result.error.issues
      .map(({ path, message }) => `${file}: ${path.length === 0 ? '' : `${path.join('.')} `}${message}`)
      .join('\n'),
  );
};

const SCENARIOS = new URL('scenarios/', import.meta.url);

export const scenarioNames = (): readonly string[] =>
  readdirSync(SCENARIOS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace('.json', ''))
    .sort();

/** Loads a scenario by its name in scripts/simulate/scenarios or by the path of a file. Throws a Problem. */
export const loadScenario = (name: string): Scenario => {
  const file = name.endsWith('.json') ? name : new URL(`${name}.json`, SCENARIOS);
  if (!existsSync(file))
    throw new Problem(
      `There is no scenario ${name}. Give the path of a file, or one of: ${scenarioNames().join(', ')}.`,
    );
  return parseScenario(readFileSync(file, 'utf8'), typeof file === 'string' ? file : `${name}.json`);
};
