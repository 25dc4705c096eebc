import { CommanderError } from 'commander';
import { explain } from './problem.ts';

/** Explains on stderr why a command failed, unless its argument parser has; returns the exit code, `code` for other errors. */
export const commandFailure = (error: unknown, code = 1): number => {
  if (error instanceof CommanderError) return error.exitCode;
  process.stderr.write(`${explain(error)}\n`);
  return code;
};
