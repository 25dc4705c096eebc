import { commandFailure } from '../local/command-failure.ts';
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
    return commandFailure(error);
  }
};

process.exitCode = await main();
