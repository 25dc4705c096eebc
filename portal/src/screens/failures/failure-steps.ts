import type { Failures } from '../../api/types.ts';
import { HOUR_MS } from '../../lib/time.ts';

export interface FailureStep {
  readonly atMs: number;
  readonly failed: number;
  readonly canceled: number;
}

/** More hours than this are shown as days. */
const MOST_HOURS = 48;
const MOST_STEPS = 31 * 24;

const split = (causes: Readonly<Record<string, number>>) => {
  const counts = { failed: 0, canceled: 0 };
  for (const [code, count] of Object.entries(causes)) {
    counts[code.startsWith('canceled:') ? 'canceled' : 'failed'] += count;
  }
  return counts;
};

/** Steps of equal length over the whole period, those without failures too: hours, or days (of 24 hours) for longer periods. */
export const failureSteps = ({
  since,
  until,
  hours,
}: Pick<Failures, 'since' | 'until' | 'hours'>): readonly FailureStep[] => {
  const startMs = Math.floor(Date.parse(since) / HOUR_MS) * HOUR_MS;
  const count = Math.min(MOST_STEPS, Math.max(1, Math.ceil((Date.parse(until) - startMs) / HOUR_MS)));
  if (Number.isNaN(count)) return [];
  const size = count > MOST_HOURS ? 24 : 1;
  const steps = Array.from({ length: Math.ceil(count / size) }, (_, index) => ({
    atMs: startMs + index * size * HOUR_MS,
    failed: 0,
    canceled: 0,
  }));
  for (const { hour, causes } of hours) {
    const step = steps[Math.floor((Date.parse(hour) - startMs) / HOUR_MS / size)];
    if (step === undefined) continue;
    const { failed, canceled } = split(causes);
    step.failed += failed;
    step.canceled += canceled;
  }
  return steps;
};
