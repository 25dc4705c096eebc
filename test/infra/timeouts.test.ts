import { describe, expect, it } from 'vitest';
import { AWS_CALLS } from '../../functions/platform/limits/aws-calls.domain.ts';
import { ofType, synth } from './synth.ts';

/** Time that a function needs after the longest AWS call to respond or to log why it failed. */
const MARGIN_MS = 10_000;

describe.each(['dev', 'prod', 'local'])('the timeout on %s', (stage) => {
  it.each(ofType(synth(stage).service, 'AWS::Lambda::Function'))(
    'of %s is longer than the longest call to any AWS service',
    (_, { Properties }) => {
      const timeoutMs = Number(Properties.Timeout) * 1_000;
      for (const { totalMs } of Object.values(AWS_CALLS)) {
        expect(totalMs + MARGIN_MS).toBeLessThanOrEqual(timeoutMs);
      }
    },
  );
});

it.each(Object.entries(AWS_CALLS))('calls to %s have time for more than one attempt', (_, limits) => {
  const { connectMs, attemptMs, totalMs, attempts } = limits;
  expect(attempts).toBeGreaterThan(1);
  expect(connectMs).toBeLessThan(attemptMs);
  expect(2 * attemptMs).toBeLessThan(totalMs);
});
