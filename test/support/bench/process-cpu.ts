import { readFileSync } from 'node:fs';

/** Linux counts CPU time in ticks of 10 ms, whatever its kernel's own timer (`getconf CLK_TCK`). */
const TICK_MS = 10;
/** Of the fields after the command's name in /proc/<pid>/stat (proc(5)): utime and stime. */
const [USER, SYSTEM] = [11, 12];

/** User and system time of a process so far (ms); undefined: it has ended, or this system has no /proc. */
export const processCpuMs = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[USER]) + Number(fields[SYSTEM])) * TICK_MS;
  } catch {
    return undefined;
  }
};
