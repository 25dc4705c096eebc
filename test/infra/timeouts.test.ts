import { describe, expect, it } from 'vitest';
import { AWS_CALLS } from '../../functions/platform/limits/aws-calls.domain.ts';
import { ofType, synth } from './synth.ts';

/** What a function needs after a call that took its whole time, to answer or to say why it failed. */
const MARGIN_MS = 10_000;

describe.each(['dev', 'prod', 'local'])('on %s', (stage) => {
  it.each(ofType(synth(stage).service, 'AWS::Lambda::Function'))(
    '%s outlives the longest call to any AWS service',
    (_, { Properties }) => {
      const timeoutMs = Number(Properties.Timeout) * 1_000;
      for (const { totalMs } of Object.values(AWS_CALLS)) {
        expect(totalMs + MARGIN_MS).toBeLessThanOrEqual(timeoutMs);
      }
    },
  );
});

it.each(Object.entries(AWS_CALLS))('%s has time for more than one attempt', (_, limits) => {
  const { connectMs, attemptMs, totalMs, attempts } = limits;
  expect(attempts).toBeGreaterThan(1);
  expect(connectMs).toBeLessThan(attemptMs);
  expect(2 * attemptMs).toBeLessThan(totalMs);
});
