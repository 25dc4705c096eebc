import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { sendSignal } from './child.ts';

/**
 * Supervises one long-running process for a parent that may die in any way. The supervisor runs in a session of its own;
 * when the pipe at its standard input closes, it ends the process with all its children and removes the temporary
 * folder, even after `kill -9` of the parent.
 *
 * Its only argument is a SupervisorTask in JSON.
 */
const supervisorTask = z.object({
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  cwd: z.string(),
  logFile: z.string(),
  /** Removed at the end. */
  tempDir: z.string(),
  /** A command to run at the end, for what signals do not end (a container). */
  afterwards: z.array(z.string()),
});
export type SupervisorTask = z.infer<typeof supervisorTask>;

/** MiniStack ends in about 2.5 s, unless a custom resource hangs. */
const GRACE_MS = 6_000;
const POLL_MS = 50;

const endGroup = async (pid: number): Promise<void> => {
  sendSignal(-pid, 'SIGTERM');
  const deadline = Date.now() + GRACE_MS;
  while (sendSignal(-pid, 0) && Date.now() < deadline) await wait(POLL_MS);
  sendSignal(-pid, 'SIGKILL');
};

const runAfterwards = (task: SupervisorTask): Promise<void> =>
  new Promise((resolve) => {
    const [command, ...args] = task.afterwards;
    if (command === undefined) {
      resolve();
      return;
    }
    const child = spawn(command, args, { env: task.env, stdio: 'ignore' });
    child.on('error', () => resolve());
    child.on('close', () => resolve());
  });

const supervise = (task: SupervisorTask): void => {
  const log = openSync(task.logFile, 'a', 0o600);
  const child = spawn(task.command, task.args, {
    cwd: task.cwd,
    env: task.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    if (child.pid !== undefined) await endGroup(child.pid);
    await runAfterwards(task);
    rmSync(task.tempDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    process.exit(0);
  };
  // Notifies the parent, which may still read files; the folder is removed when the parent closes the pipe.
  for (const event of ['error', 'exit']) child.once(event, () => process.stdout.write('ended\n'));
  process.stdout.on('error', () => undefined);
  process.stdin
    .on('end', () => void end())
    .on('error', () => void end())
    .resume();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end());
};

if (import.meta.main) supervise(supervisorTask.parse(JSON.parse(process.argv[2] ?? '')));
