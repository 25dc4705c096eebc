import budget from './budget.json' with { type: 'json' };

export { FULL_CORE_MB, PRICES, PRICES_READ, UNIT_PRICES } from '../../../scripts/simulate/model/prices.ts';

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
