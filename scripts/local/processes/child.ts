import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

export interface ChildTask {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
}

export type ChildEnd = { readonly kind: 'ended'; readonly code: number } | { readonly kind: 'out-of-time' };

/** Sends a signal to a process, or to a process group by its negative id; 0 only asks. Returns whether it is still there. */
export const sendSignal = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

/** Runs a command and writes its output to `logFile`. At the time limit or on abort its process group is killed. */
export const runChild = async (task: ChildTask): Promise<ChildEnd> => {
  task.signal.throwIfAborted();
  const log = createWriteStream(task.logFile, { flags: 'a', mode: 0o600 });
  const child = spawn(task.command, task.args, {
    cwd: task.cwd,
    env: task.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      task.onLine?.(line);
    });
  }
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), task.timeLimitMs);
  // The child leads its own process group.
  const end = () => {
    if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
  };
  const cut = AbortSignal.any([task.signal, limit.signal]);
  cut.addEventListener('abort', end, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exitCode) => resolve(exitCode ?? 1));
    });
    task.signal.throwIfAborted();
    return limit.signal.aborted ? { kind: 'out-of-time' } : { kind: 'ended', code };
  } finally {
    clearTimeout(timer);
    cut.removeEventListener('abort', end);
    await new Promise<void>((resolve) => log.end(resolve));
  }
};

/** The last lines of a log file; empty if there is no such file. */
export const tailOf = async (file: string, lines = 25): Promise<string> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
};
