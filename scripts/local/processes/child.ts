import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
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

/** Signals a child and all its descendants; the child leads its own process group. */
export const killGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // already gone
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
  const end = () => killGroup(child, 'SIGKILL');
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
