import { setTimeout as sleep } from 'node:timers/promises';
import { commandFailure } from '../local/command-failure.ts';
import { connect } from '../dlq/stage.ts';
import { restore } from './command.ts';
import { parseRestoreOptions } from './options.ts';

/** `npm run restore`: makes new tables from backups. Changes no table of the stage. Safe to stop and to repeat. */
const main = async (): Promise<number> => {
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  try {
    const options = parseRestoreOptions(process.argv.slice(2), Date.now());
    await restore(await connect(options.stage), options, {
      say: (text) => void process.stdout.write(`${text}\n`),
      now: () => Date.now(),
      sleep: (ms) => sleep(ms),
      stopped: () => stop.signal.aborted,
    });
    return 0;
  } catch (error) {
    return commandFailure(error, stop.signal.aborted ? 130 : 1);
  }
};

process.exitCode = await main();
