import { inject } from 'vitest';
import { z } from 'zod';
import type { FaultRule } from './fault-server.ts';
import { ruleState } from './fault-server.ts';
import { eventually } from './poll.ts';
import { crashCounts } from './random-crashes.ts';
import type { CrashCounts, CrashRule } from './random-crashes.ts';

/** A fault set at a step of the deployed functions. Names of steps: `step('...')` in functions/. */
export interface Fault {
  /** Waits until a function has come to the step this many times. */
  reached(times?: number): Promise<void>;
  /** Lets held functions go on, and ends the fault. */
  end(): Promise<void>;
}

const setFault = async (rule: FaultRule): Promise<Fault> => {
  const url = inject('stack').faultsUrl;
  const response = await fetch(`${url}/rule`, { method: 'POST', body: JSON.stringify(rule) });
  const { id } = z.object({ id: z.string() }).parse(await response.json());
  const hits = async () => ruleState.parse(await (await fetch(`${url}/rule/${id}`)).json()).hits;
  return {
    reached: async (times = 1) => {
      await eventually(hits, (count) => count >= times, { what: `${rule.action} at ${rule.step}` });
    },
    end: async () => {
      await fetch(`${url}/rule/${id}`, { method: 'DELETE' });
    },
  };
};

/** The next `times` functions that come to the step end their process there. */
export const crash = (step: string, times = 1): Promise<Fault> => setFault({ step, action: 'crash', times });

/** The next `times` functions that come to the step fail as where a table is throttled for longer than anybody tries. */
export const throttle = (step: string, times = 1): Promise<Fault> =>
  setFault({ step, action: 'throttle', times });

export const crashOnce = (step: string): Promise<Fault> => crash(step);

/** The next function that comes to the step waits there until `end()`. */
export const hold = (step: string): Promise<Fault> => setFault({ step, action: 'hold', times: 1 });

/** How often each step was reached since the stack was booted, by anyone's messages. */
export const stepCounts = async (): Promise<Record<string, number>> => {
  const response = await fetch(`${inject('stack').faultsUrl}/counts`);
  return z.record(z.string(), z.number()).parse(await response.json());
};

/** Processes end at random, under a seed, until `calm()`. */
export interface Storm {
  calm(): Promise<void>;
  counts(): Promise<CrashCounts>;
}

export const randomCrashes = async (rule: CrashRule): Promise<Storm> => {
  const url = `${inject('stack').faultsUrl}/storm`;
  await fetch(url, { method: 'POST', body: JSON.stringify(rule) });
  return {
    calm: async () => {
      await fetch(url, { method: 'DELETE' });
    },
    counts: async () => crashCounts.parse(await (await fetch(url)).json()),
  };
};
