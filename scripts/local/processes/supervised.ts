import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SupervisorTask } from './supervisor.ts';

/** A process under a supervisor: it ends with `stop()` or with this process, however that ends. */
export interface Supervised {
  /** Aborts when the process ends by itself. */
  readonly ended: AbortSignal;
  /** Ends the process and all its children, and removes its temporary folder. Safe to call twice. */
  stop(): Promise<void>;
}

export const startSupervised = (task: SupervisorTask): Supervised => {
  const ended = new AbortController();
  const supervisor = spawn(
    process.execPath,
    [join(import.meta.dirname, 'supervisor.ts'), JSON.stringify(task)],
    {
      detached: true, // Ctrl-C reaches this process only, which then calls stop()
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  const gone = new Promise<void>((resolve) => supervisor.once('close', () => resolve()));
  supervisor.once('error', () => ended.abort());
  supervisor.once('exit', () => ended.abort());
  supervisor.stdout.once('data', () => ended.abort());
  supervisor.stdin.on('error', () => undefined);
  return {
    ended: ended.signal,
    stop: async () => {
      supervisor.stdin.end();
      await gone;
    },
  };
};

/** Rejects with the signal's reason as soon as it aborts, so that waiting can be raced against it. */
export const whenAborted = async (signal: AbortSignal): Promise<never> => {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
};
