import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { noSteps } from './steps.ts';
import type { Step } from './steps.ts';
import { TableBusy } from '../dynamodb/table.ts';

/** Requests of this process whose attempt is recorded, be it by this process or by another. */
let recorded = 0;

export const countRecorded = (): void => void (recorded += 1);

/**
 * Fault injection of the end-to-end suite: at each step of a deployed function the suite can crash the process, throw as
 * a throttled table does, or delay the step. Bundles of other stages do not contain this code, because bundling replaces
 * FAULTS_ENABLED by a literal.
 */
export const makeSteps = (faultsUrl: string | undefined): Step => {
  if (process.env['FAULTS_ENABLED'] !== 'true' || faultsUrl === undefined) return noSteps;
  // Lets the suite count the requests that a process had in flight when it crashed.
  const processId = randomUUID();
  return async (name) => {
    await setImmediate(); // count all attempts of one batched write before asking
    const headers = { 'x-process': processId, 'x-recorded': String(recorded) };
    const answer = await fetch(`${faultsUrl}/${name}`, { method: 'POST', headers });
    switch (await answer.text()) {
      case 'crash':
        return process.exit(1);
      case 'throttle':
        throw new TableBusy(`throttled at ${name}`);
    }
  };
};
