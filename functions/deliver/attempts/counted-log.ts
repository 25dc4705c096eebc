import { countRecorded } from '../../platform/steps/fault-steps.ts';
import type { Step } from '../../platform/steps/steps.ts';
import type { AttemptLog } from '../delivery.port.ts';

/**
 * For the fault tests only: counts recorded attempts, and reports a request whose attempt another request had recorded
 * first. Other bundles contain none of it (platform/steps/fault-steps.ts).
 */
export const makeCountedLog = (log: AttemptLog, step: Step): AttemptLog => {
  if (process.env['FAULTS_ENABLED'] !== 'true') return log;
  return {
    ...log,
    record: async (attempt, message) => {
      const existing = await log.record(attempt, message);
      if (attempt.decision.kind === 'canceled') return existing; // no request was made
      countRecorded();
      if (existing.id !== attempt.id) await step('duplicate.found');
      return existing;
    },
  };
};
