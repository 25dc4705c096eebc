import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from './problem.ts';
import { runProgram } from './run-command.ts';
import { sendSignal } from './processes/child.ts';
import { runningStack } from './start-lock.ts';

/** Longer than the emulator's grace period. */
const LIMIT_MS = 30_000;
const POLL_MS = 100;

/** `npm stop`: ends the stack of `npm start`, in whatever terminal or none, and returns when it is gone. */
const stop = async (): Promise<string> => {
  const running = await runningStack();
  if (running === null) return 'No stack is running from this folder.';
  process.kill(running.pid, 'SIGTERM');
  const deadline = Date.now() + LIMIT_MS;
  while (sendSignal(running.pid, 0)) {
    if (Date.now() > deadline)
      throw new Problem(`Process ${running.pid} has not ended within ${LIMIT_MS / 1000} s.`);
    await wait(POLL_MS);
  }
  return `Stopped (process ${running.pid}); nothing is left running.`;
};

await runProgram(async () => process.stdout.write(`${await stop()}\n`));
