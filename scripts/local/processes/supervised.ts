import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { KeeperTask } from './supervisor.ts';

/** A process under a keeper: it outlives neither `stop()` nor this process. */
export interface Kept {
  /** Aborts when the process ends by itself. */
  readonly ended: AbortSignal;
  /** Ends the process and all its children, and removes its temporary folder. Safe to call twice. */
  stop(): Promise<void>;
}

export const startKept = (task: KeeperTask): Kept => {
  const ended = new AbortController();
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'supervisor.ts'), JSON.stringify(task)], {
    detached: true, // Ctrl-C in the terminal is for us; we then stop it in order
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const gone = new Promise<void>((resolve) => keeper.once('close', () => resolve()));
  keeper.once('error', () => ended.abort());
  keeper.once('exit', () => ended.abort());
  keeper.stdout.once('data', () => ended.abort());
  keeper.stdin.on('error', () => undefined);
  return {
    ended: ended.signal,
    stop: async () => {
      keeper.stdin.end();
      await gone;
    },
  };
};

/** Rejects with the signal's reason as soon as it aborts, so that waiting can be raced against it. */
export const whenAborted = async (signal: AbortSignal): Promise<never> => {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
};
