import { noSteps } from '../flows/steps.ts';
import type { Step } from '../flows/steps.ts';
import { TableBusy } from '../store/table.ts';

/**
 * Lets the end-to-end suite end a deployed function's process at any step, fail it as a throttled table does,
 * or hold it there. Bundles of other stages
 * contain none of it: FAULTS_ENABLED is replaced by a literal when they are built.
 */
export const makeSteps = (faultsUrl: string | undefined): Step => {
  if (process.env['FAULTS_ENABLED'] !== 'true' || faultsUrl === undefined) return noSteps;
  return async (name) => {
    const answer = await fetch(`${faultsUrl}/${name}`, { method: 'POST' });
    switch (await answer.text()) {
      case 'crash':
        return process.exit(1);
      case 'throttle':
        throw new TableBusy(`throttled at ${name}`);
    }
  };
};
