import { commandFailure } from '../local/command-failure.ts';
import { connect } from '../dlq/stage.ts';
import { wipe } from './command.ts';
import { parseWipeOptions } from './options.ts';

/** `npm run wipe`: deletes what a stage holds of a tenant. Counts only, unless `--yes` is given. Safe to stop and to repeat. */
const main = async (): Promise<number> => {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  try {
    const options = parseWipeOptions(process.argv.slice(2));
    await wipe(await connect(options.stage), options, {
      say: (text) => void process.stdout.write(`${text}\n`),
      now: () => Date.now(),
      signal: stop.signal,
    });
    return stop.signal.aborted ? 130 : 0;
  } catch (error) {
    return commandFailure(error);
  }
};

process.exitCode = await main();
