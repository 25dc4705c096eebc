import { processCpuMs } from './process-cpu.ts';
import type { Invocation } from './recording/invocation.ts';

/** CPU of one function per message, in ms. */
export interface FunctionCpu {
  readonly name: string;
  /** Of the handler. */
  readonly handlerMs: number;
  /** Of its whole process, with the runtime that invokes the handler and the benchmark's own recording. */
  readonly processMs: number;
}

/** CPU of processes at one instant, by pid. */
export type ProcessTimes = ReadonlyMap<number, number>;

export const timesOfProcesses = (pids: readonly number[]): ProcessTimes =>
  new Map(
    pids.flatMap((pid) => {
      const ms = processCpuMs(pid);
      return ms === undefined ? [] : [[pid, ms] as const];
    }),
  );

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/**
 * CPU of each function per message. Measured in the processes of `before`, so without cold starts, and scaled to the
 * records of all processes.
 */
export const cpuByFunction = (
  invocations: readonly Invocation[],
  messages: number,
  before: ProcessTimes,
  after: ProcessTimes,
): readonly FunctionCpu[] =>
  [...Map.groupBy(invocations, (one) => one.function)].map(([name, all]) => {
    const warm = all.filter(({ pid }) => before.has(pid) && after.has(pid));
    const recordsOf = (some: readonly Invocation[]) => sum(some.map(({ records }) => records));
    const scale = recordsOf(all) / recordsOf(warm) / messages;
    const pids = [...new Set(warm.map(({ pid }) => pid))];
    return {
      name,
      handlerMs: sum(warm.map(({ cpuMs }) => cpuMs)) * scale,
      processMs: sum(pids.map((pid) => (after.get(pid) ?? 0) - (before.get(pid) ?? 0))) * scale,
    };
  });
