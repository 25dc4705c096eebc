import { commandFailure } from '../local/command-failure.ts';
import { connect } from '../dlq/stage.ts';
import { reconcile } from './command.ts';
import { parseReconcileOptions } from './options.ts';

/** `npm run reconcile`: finds accepted messages that were lost between functions. Changes nothing without `--fix`. */
const main = async (): Promise<number> => {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  try {
    const options = parseReconcileOptions(process.argv.slice(2), Date.now());
    await reconcile(await connect(options.stage), options, {
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
