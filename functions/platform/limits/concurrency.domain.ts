import { BULK_LANE, FAN_OUT_PAGES, FAST_LANE, INGEST, SLOW_LANE } from './delivery.domain.ts';

/** Concurrency of the queues' event sources, derived from the concurrent executions that the account may have. */

/** Lambda's default quota of an account and region. New accounts start with 10 or 50. */
export const USUAL_ACCOUNT_CONCURRENCY = 1_000;
/** The smallest quota that AWS gives to an account. */
export const LEAST_ACCOUNT_CONCURRENCY = 10;
/** Lambda's own bounds of the maximum concurrency of a queue's event source. */
export const EVENT_SOURCE_CONCURRENCY = { least: 2, most: 1_000 };

/** Background tasks are rate limited and mostly wait, so two concurrent invocations serve dozens of them. */
export const TASKS = { concurrency: EVENT_SOURCE_CONCURRENCY.least };

/** Maximum concurrency of each queue's event source in an account with the usual quota. */
const USUAL = {
  delivery: FAST_LANE.concurrency,
  bulkDelivery: BULK_LANE.concurrency,
  slowDelivery: SLOW_LANE.concurrency,
  fanOutWide: FAN_OUT_PAGES.concurrency,
  ingest: INGEST.concurrency,
  tasks: TASKS.concurrency,
};

export type QueueConcurrency = Readonly<Record<keyof typeof USUAL, number>>;

/** The share of the account's quota that queues may take together. The rest is for the API, streams and the sweeper. */
export const QUEUE_SHARE = 0.6;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/**
 * Maximum concurrency of each event source in an account of `account` concurrent executions. Each gets the least that Lambda
 * accepts; the rest of the queues' share is divided as in an account with the usual quota, which no source exceeds. There
 * is one queue for each ingest pipeline.
 */
export const queueConcurrency = (account: number, ingestPipelines = 1): QueueConcurrency => {
  const { least } = EVENT_SOURCE_CONCURRENCY;
  const beyond = (value: number) => Math.max(0, value - least);
  const { ingest, ...once } = USUAL;
  const values = [...Object.values(once), ...Array.from({ length: ingestPipelines }, () => ingest)];
  const available = Math.max(0, account * QUEUE_SHARE - values.length * least);
  const asked = sum(values.map(beyond));
  const of = (usual: number) =>
    Math.min(usual, least + Math.floor((available * beyond(usual)) / Math.max(1, asked)));
  return {
    delivery: of(USUAL.delivery),
    bulkDelivery: of(USUAL.bulkDelivery),
    slowDelivery: of(USUAL.slowDelivery),
    fanOutWide: of(USUAL.fanOutWide),
    ingest: of(ingest),
    tasks: of(USUAL.tasks),
  };
};
