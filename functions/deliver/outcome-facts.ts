import type { Facts } from '../platform/lambda/facts.ts';
import { hasResponse } from './causes.domain.ts';
import type { Attempt } from './attempts/attempt.domain.ts';
import type { DeliveryOutcome } from './delivery-record.ts';

/** Reports the outcomes of a batch as metrics. */
export type ReportOutcomes = (outcomes: readonly DeliveryOutcome[]) => void;

const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

const reportAttempt = (facts: Facts, { cause, decision, responseDurationMs, succeeded }: Attempt): void => {
  if (succeeded) facts.count('Delivered');
  // An attempt that got no response says nothing about the receiver's latency.
  if (hasResponse(cause)) facts.time('ReceiverLatency', responseDurationMs);
  if (decision.kind === 'retry') facts.count('RetriesScheduled');
};

/**
 * Counts what became of the deliveries of a batch: delivered, failed by cause, retried, exhausted, dropped by reason,
 * duplicates avoided. The function is the lane.
 */
export const reportOutcomes =
  (facts: Facts, functionName: string): ReportOutcomes =>
  (outcomes) => {
    const causes = new Map<string, number>();
    const reasons = new Map<string, number>();
    let exhausted = 0;
    for (const outcome of outcomes) {
      if (outcome.kind === 'canceled') add(reasons, outcome.reason);
      if (outcome.kind === 'ended') add(reasons, 'succeeded_before');
      if (outcome.kind === 'repeated' || outcome.kind === 'waiting') facts.count('DuplicatesAvoided');
      if (outcome.kind !== 'attempted') continue;
      const { attempt, waitedMs } = outcome;
      reportAttempt(facts, attempt);
      if (attempt.cause !== null) add(causes, attempt.cause);
      if (attempt.decision.kind === 'exhausted' || attempt.decision.kind === 'gone') exhausted += 1;
      if (waitedMs !== undefined) facts.time('TimeToFirstAttempt', waitedMs);
    }
    for (const [cause, count] of causes) facts.countNow('FailedAttempts', count, { cause });
    for (const [reason, count] of reasons) facts.countNow('Dropped', count, { reason });
    if (exhausted > 0) facts.countNow('Exhausted', exhausted);
    facts.flush(functionName);
  };
