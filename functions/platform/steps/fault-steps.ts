import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { noSteps } from './steps.ts';
import type { Step } from './steps.ts';
import { TableBusy } from '../dynamodb/table.ts';

/** Requests of this process whose attempt is recorded, by themselves or by another request. */
let recorded = 0;

export const countRecorded = (): void => void (recorded += 1);

/**
 * Lets the end-to-end suite end a deployed function's process at any step, fail it as a throttled table does, or
 * hold it there. Bundles of other stages contain none of it: FAULTS_ENABLED is replaced by a literal when they are built.
 */
export const makeSteps = (faultsUrl: string | undefined): Step => {
  if (process.env['FAULTS_ENABLED'] !== 'true' || faultsUrl === undefined) return noSteps;
  // So that it can be counted what a process had under way when it ended.
  const asker = randomUUID();
  return async (name) => {
    await setImmediate(); // what was recorded in one write is counted as a whole
    const headers = { 'x-process': asker, 'x-recorded': String(recorded) };
    const answer = await fetch(`${faultsUrl}/${name}`, { method: 'POST', headers });
    switch (await answer.text()) {
      case 'crash':
        return process.exit(1);
      case 'throttle':
        throw new TableBusy(`throttled at ${name}`);
    }
  };
};
