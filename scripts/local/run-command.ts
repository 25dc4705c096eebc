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
export interface CommandProcess {
  readonly args: readonly string[];
  readonly say: (text: string) => void;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborted by Ctrl-C: the command ends where the same command can go on. A second Ctrl-C ends the process at once. */
  readonly signal: AbortSignal;
  readonly stopped: () => boolean;
}

/**
 * Runs the program of this process and sets the exit code: the number that it returns, or else 0; `failed` after an error, which
 * is explained.
 */
export const runProgram = async (run: () => Promise<unknown>, failed = 1): Promise<void> => {
  try {
    const code = await run();
    process.exitCode = typeof code === 'number' ? code : 0;
  } catch (error) {
    process.exitCode = commandFailure(error, failed);
  }
};

/** Runs a program that Ctrl-C stops; the exit code is then 130. */
export const runCommand = async (run: (command: CommandProcess) => Promise<unknown>): Promise<void> => {
  const stop = new AbortController();
  const stopped = () => stop.signal.aborted;
  process.once('SIGINT', () => {
    stop.abort(new DOMException('the same command continues.', 'Stopped'));
    process.once('SIGINT', () => process.exit(130));
  });
  await runProgram(() =>
    run({
      ...{ args: process.argv.slice(2), now: () => Date.now(), sleep: (ms) => sleep(ms) },
      ...{ say: (text) => void process.stdout.write(`${text}\n`), signal: stop.signal, stopped },
    }),
  );
  if (stopped()) process.exitCode = 130;
};
