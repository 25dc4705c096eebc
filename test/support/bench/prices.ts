import budget from './budget.json' with { type: 'json' };
import type { Units } from './recording/billing.ts';

/** List prices in dollars of us-east-1, without free tier; AWS's pricing pages, read 2026-09-20 to 2026-11-22. */
export const PRICES_READ = '2026-11-22';

const MILLION = 1_000_000;

/** Per unit. */
export const UNIT_PRICES = {
  write: 0.625 / MILLION,
  read: 0.125 / MILLION,
  sqsRequests: 0.4 / MILLION,
  sqsFairRequests: 0.1 / MILLION,
  events: 1 / MILLION,
  s3Puts: 5 / MILLION,
  s3Gets: 0.4 / MILLION,
  secretReads: 0.05 / 10_000,
} as const satisfies Record<keyof Units, number>;

export const PRICES = {
  httpApiRequest: 1 / MILLION,
  /** HTTP APIs meter requests in steps of 512 KB. */
  httpApiChunkBytes: 512 * 1_024,
  lambdaRequest: 0.2 / MILLION,
  /** A GB and second of a function on arm64. */
  lambdaGbSecond: 13.3334 / MILLION,
  logGb: 0.5,
  dynamoDbGbMonth: 0.25,
  /** Backups by point-in-time recovery, per GB and month. */
  dynamoDbBackupGbMonth: 0.2,
  s3GbMonth: 0.023,
  egressGb: 0.09,
  secretMonth: 0.4,
  alarmMonth: 0.1,
  dashboardMonth: 3,
} as const;

/** A function has a whole core at this memory, and a share of one below. */
export const FULL_CORE_MB = 1_769;

export interface Peer {
  readonly name: string;
  /** Per million messages. */
  readonly dollars: number;
  readonly source: string;
}

/** What others print for a delivered message, or an estimate by the same price table. */
export const PEERS: readonly Peer[] = [
  { name: 'Svix (overage)', dollars: 100, source: 'svix.com/pricing, 2026-09-20' },
  { name: 'Hook0 (overage, EUR)', dollars: 100, source: 'hook0.com, 2026-09-20' },
  {
    name: 'naive: REST API, a call and an X-Ray trace for each step, no batches',
    dollars: 33.7,
    source: 'the naive design by this price table',
  },
  { name: 'Hookdeck Outpost, managed', dollars: 10, source: 'billing page, 2026-09-20' },
  {
    name: 'EventBridge and API destination (no signature, no log, 24 h)',
    dollars: 1.2,
    source: 'aws.amazon.com/eventbridge/pricing',
  },
];

/** The same for messages that fail eight times. */
export const FAILING_PEERS: readonly Peer[] = [
  {
    name: 'naive, fails eight times: a Scheduler schedule for each retry',
    dollars: 152,
    source: 'the naive design by this price table',
  },
  {
    name: 'naive, times out eight times after 10 s, a function of 512 MB for each',
    dollars: 806,
    source: 'the naive design by this price table',
  },
];

/** Design budgets: of units, calls and log bytes as `npm test` holds them, and of dollars per million messages by scenario. */
export const BUDGETS: typeof budget & {
  readonly dollars: Readonly<Record<string, number>>;
  /** Of rows that are kept for `storedDays`. */
  readonly storageDollars: number;
  readonly storedDays: number;
} = {
  ...budget,
  storageDollars: 0.8,
  storedDays: 30,
  dollars: {
    'one endpoint, 1 KB, one by one': 6,
    'one endpoint, 1 KB, full batches': 4,
    'fails eight times (500), batches of ten': 25,
    'circuit breaker open, delivered after the recovery': 8,
  },
};
