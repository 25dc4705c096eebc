import { randomUUID } from 'node:crypto';
import type { AttemptLog } from '../flows/delivery.ts';
import { noSteps } from '../flows/steps.ts';
import type { Step } from '../flows/steps.ts';

/**
 * Lets the end-to-end suite end a deployed function's process at any step, or hold it there. Bundles of other stages
 * contain none of it: FAULTS_ENABLED is replaced by a literal when they are built.
 */
export const makeSteps = (faultsUrl: string | undefined): Step => {
  if (process.env['FAULTS_ENABLED'] !== 'true' || faultsUrl === undefined) return noSteps;
  // Whoever asks is told apart, so that it can be counted what a process had under way when it ended.
  const headers = { 'x-process': randomUUID() };
  return async (name) => {
    const answer = await fetch(`${faultsUrl}/${name}`, { method: 'POST', headers });
    if ((await answer.text()) === 'crash') process.exit(1);
  };
};

/** The log, which tells the suite of each request whose turn another one had recorded first. */
export const makeTwinsTold = (log: AttemptLog, step: Step): AttemptLog => {
  if (process.env['FAULTS_ENABLED'] !== 'true') return log;
  return {
    ...log,
    record: async (attempt) => {
      const standing = await log.record(attempt);
      if (standing.id !== attempt.id) await step('twin.found');
      return standing;
    },
  };
};
