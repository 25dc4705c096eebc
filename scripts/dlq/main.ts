import { CommanderError } from 'commander';
import { explain } from '../local/problem.ts';
import { makeCommands } from './commands.ts';
import { dlqCommand } from './options.ts';
import { connect } from './stage.ts';

/** `npm run dlq`: lists, inspects, replays and discards dead letters of a stage. Safe to stop and to repeat. */
const main = async (): Promise<number> => {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const commands = makeCommands(connect, {
    say: (text) => void process.stdout.write(`${text}\n`),
    now: () => Date.now(),
    signal: stop.signal,
  });
  try {
    await dlqCommand(commands, Date.now()).parseAsync(process.argv.slice(2), { from: 'user' });
    return stop.signal.aborted ? 130 : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    process.stderr.write(`${explain(error)}\n`);
    return 1;
  }
};

process.exitCode = await main();
