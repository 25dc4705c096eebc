import { setTimeout as sleep } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { explain } from './problem.ts';

/** Explains on stderr why a command failed, unless its argument parser has; returns the exit code, `code` for other errors. */
export const commandFailure = (error: unknown, code = 1): number => {
  if (error instanceof CommanderError) return error.exitCode;
  process.stderr.write(`${explain(error)}\n`);
  return code;
};

/** What a command uses of its process. */
interface CommandProcess {
  readonly args: readonly string[];
  readonly say: (text: string) => void;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborted by Ctrl-C: the command ends where the same command can go on. A second Ctrl-C ends the process at once. */
  readonly signal: AbortSignal;
  readonly stopped: () => boolean;
}

/** Runs the command of this process and sets the exit code: 130 if it was stopped. */
export const runCommand = async (run: (command: CommandProcess) => Promise<unknown>): Promise<void> => {
  const stop = new AbortController();
  const stopped = () => stop.signal.aborted;
  process.once('SIGINT', () => {
    stop.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  try {
    await run({
      ...{ args: process.argv.slice(2), now: () => Date.now(), sleep: (ms) => sleep(ms) },
      ...{ say: (text) => void process.stdout.write(`${text}\n`), signal: stop.signal, stopped },
    });
    process.exitCode = stopped() ? 130 : 0;
  } catch (error) {
    process.exitCode = commandFailure(error, stopped() ? 130 : 1);
  }
};
