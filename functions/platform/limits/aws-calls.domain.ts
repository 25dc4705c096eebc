/**
 * How long one call to an AWS service may take, in ms. Healthy answers take single-digit to a few hundred ms, so a longer
 * silence means a lost host, and another attempt is better than waiting on. Every total is below the timeout of the
 * shortest function (29 s); test/infra/timeouts.test.ts compares them.
 */
export interface CallLimits {
  /** Until the connection is made. */
  readonly connectMs: number;
  /** One attempt: connecting, sending, and the whole answer with its body. */
  readonly attemptMs: number;
  /** The call with all its attempts and the pauses between them. */
  readonly totalMs: number;
  readonly attempts: number;
}

export const AWS_CALLS = {
  dynamoDb: { connectMs: 1_000, attemptMs: 4_000, totalMs: 15_000, attempts: 5 },
  // Payloads of up to 2 MiB: at 1 MB/s two seconds.
  s3: { connectMs: 1_000, attemptMs: 6_000, totalMs: 15_000, attempts: 3 },
  sqs: { connectMs: 1_000, attemptMs: 5_000, totalMs: 12_000, attempts: 3 },
  eventBridge: { connectMs: 1_000, attemptMs: 5_000, totalMs: 12_000, attempts: 3 },
  // Read while a function starts, which Lambda gives 10 s.
  secretsManager: { connectMs: 1_000, attemptMs: 3_000, totalMs: 8_000, attempts: 3 },
} as const satisfies Readonly<Record<string, CallLimits>>;
