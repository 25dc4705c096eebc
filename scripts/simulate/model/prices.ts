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
} as const;

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
  /** A custom metric that is reported in every hour. */
  metricMonth: 0.3,
  dashboardMonth: 3,
} as const;

/** A function has a whole core at this memory, and a share of one below. */
export const FULL_CORE_MB = 1_769;
