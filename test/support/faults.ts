import { inject } from 'vitest';
import { z } from 'zod';
import type { FaultRule } from './fault-server.ts';
import { ruleState } from './fault-server.ts';
import { eventually } from './poll.ts';
import { crashCounts } from './random-crashes.ts';
import type { CrashCounts, CrashRule } from './random-crashes.ts';

/** A fault set at a step of the deployed functions. Names of steps: `step('...')` in functions/. */
export interface Fault {
  /** Waits until functions have reached the step this many times. */
  reached(times?: number): Promise<void>;
  /** Ends the fault and lets held functions continue. */
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

/** The next `times` functions that reach the step end their process there. */
export const crash = (step: string, times = 1): Promise<Fault> => setFault({ step, action: 'crash', times });

/** The next `times` functions that reach the step fail as if a table were throttled until the SDK gave up. */
export const throttle = (step: string, times = 1): Promise<Fault> =>
  setFault({ step, action: 'throttle', times });

export const crashOnce = (step: string): Promise<Fault> => crash(step);

/** The next function that reaches the step waits there until `end()`. */
export const hold = (step: string): Promise<Fault> => setFault({ step, action: 'hold', times: 1 });

/** How often each step was reached since the stack was booted, by the messages of all tests. */
export const stepCounts = async (): Promise<Record<string, number>> => {
  const response = await fetch(`${inject('stack').faultsUrl}/counts`);
  return z.record(z.string(), z.number()).parse(await response.json());
};

/** Processes end at random, determined by a seed, until `stop()`. */
export interface RandomCrashes {
  stop(): Promise<void>;
  counts(): Promise<CrashCounts>;
}

export const randomCrashes = async (rule: CrashRule): Promise<RandomCrashes> => {
  const url = `${inject('stack').faultsUrl}/random-crashes`;
  await fetch(url, { method: 'POST', body: JSON.stringify(rule) });
  return {
    stop: async () => {
      await fetch(url, { method: 'DELETE' });
    },
    counts: async () => crashCounts.parse(await (await fetch(url)).json()),
  };
};
