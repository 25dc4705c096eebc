import { noSteps } from '../flows/steps.ts';
import type { Step } from '../flows/steps.ts';

/**
 * Lets the end-to-end suite end a deployed function's process at any step, or hold it there. Bundles of other stages
 * contain none of it: FAULTS_ENABLED is replaced by a literal when they are built.
 */
export const makeSteps = (faultsUrl: string | undefined): Step => {
  if (process.env['FAULTS_ENABLED'] !== 'true' || faultsUrl === undefined) return noSteps;
  return async (name) => {
    const answer = await fetch(`${faultsUrl}/${name}`, { method: 'POST' });
    if ((await answer.text()) === 'crash') process.exit(1);
  };
};
