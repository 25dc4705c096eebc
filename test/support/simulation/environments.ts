import type { Ended } from './process.ts';

/** The environments of a function, each with a memory that outlives invocations. */
export interface Environments<Memory> {
  /** Runs an invocation in the environment that was used last and is free, or in a new one. */
  readonly run: <Value>(invocation: (memory: Memory) => Promise<Ended<Value>>) => Promise<Ended<Value>>;
}

export const makeEnvironments = <Memory>(start: () => Memory): Environments<Memory> => {
  const free: Memory[] = [];
  return {
    run: async (invocation) => {
      const memory = free.pop() ?? start();
      const ended = await invocation(memory);
      if (ended.kind !== 'crashed') free.push(memory);
      return ended;
    },
  };
};
