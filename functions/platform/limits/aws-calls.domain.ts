/**
 * Timeouts of calls to AWS services, in ms. Healthy responses take single-digit to a few hundred ms, so a longer silence
 * means a lost host, and a retry is better than waiting. Every total is below the shortest function timeout (29 s);
 * test/infra/timeouts.test.ts compares them.
 */
export interface CallLimits {
  /** Until the connection is made. */
  readonly connectMs: number;
  /** One attempt: connecting, sending, and the whole response with its body. */
  readonly attemptMs: number;
  /** The whole call, with all attempts and the backoff between them. */
  readonly totalMs: number;
  readonly attempts: number;
}

/** Connections at a time to one service, and so concurrent calls; further calls wait. The SDK's number. */
export const MOST_CONNECTIONS = 50;

export const AWS_CALLS = {
  dynamoDb: { connectMs: 1_000, attemptMs: 4_000, totalMs: 15_000, attempts: 5 },
  // Payloads have up to 2 MiB: two seconds at 1 MB/s.
  s3: { connectMs: 1_000, attemptMs: 6_000, totalMs: 15_000, attempts: 3 },
  sqs: { connectMs: 1_000, attemptMs: 5_000, totalMs: 12_000, attempts: 3 },
  eventBridge: { connectMs: 1_000, attemptMs: 5_000, totalMs: 12_000, attempts: 3 },
  lambda: { connectMs: 1_000, attemptMs: 5_000, totalMs: 12_000, attempts: 3 },
  // Read during the init phase of a function, which Lambda limits to 10 s.
  secretsManager: { connectMs: 1_000, attemptMs: 3_000, totalMs: 8_000, attempts: 3 },
} as const satisfies Readonly<Record<string, CallLimits>>;

/**
 * Each of these times on an emulator, which shares its machine with every function and the tests: a slow answer there says
 * that the machine is busy, and a repeat makes it busier. Below the shortest function timeout too.
 */
export const EMULATOR_CALL_MS = 25_000;
