import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandFailure } from '../local/command-failure.ts';
import { connect } from '../dlq/stage.ts';
import { makeCommands } from './commands.ts';
import { secretsCommand } from './options.ts';

/** `npm run secrets`: rotates the keys of a stage while traffic flows. Safe to stop and to repeat. */
const main = async (): Promise<number> => {
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  const commands = makeCommands({
    connect,
    say: (text) => void process.stdout.write(`${text}\n`),
    now: () => Date.now(),
    sleep: (ms) => sleep(ms),
    stopped: () => stop.signal.aborted,
    readFile: (path) => readFile(path, 'utf8'),
  });
  try {
    await secretsCommand(commands).parseAsync(process.argv.slice(2), { from: 'user' });
    return 0;
  } catch (error) {
    return commandFailure(error, stop.signal.aborted ? 130 : 1);
  }
};

process.exitCode = await main();
