import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { metrics } from '../platform/lambda/metrics.ts';
import type { DeliveryOutcome } from './delivery-record.ts';

/** Counts the failed attempts among the outcomes of a batch. */
export type CountFailures = (outcomes: readonly DeliveryOutcome[]) => void;

/** Writes one metric line for each cause of failure in a batch, none for a healthy batch. Stages share a namespace. */
export const countFailures =
  (functionName: string): CountFailures =>
  (outcomes) => {
    const counts = new Map<string, number>();
    for (const outcome of outcomes) {
      const cause = outcome.kind === 'attempted' ? outcome.attempt.cause : null;
      if (cause !== null) counts.set(cause, (counts.get(cause) ?? 0) + 1);
    }
    for (const [cause, count] of counts) {
      const single = metrics.singleMetric();
      single.addDimension('function', functionName);
      single.addDimension('cause', cause);
      single.addMetric('FailedAttempts', MetricUnit.Count, count);
    }
  };
