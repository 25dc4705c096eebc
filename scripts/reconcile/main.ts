import { connect } from '../dlq/stage.ts';
import { runCommand } from '../local/run-command.ts';
import { reconcile } from './command.ts';
import { parseReconcileOptions } from './options.ts';

/** `npm run reconcile`: finds accepted messages that were lost between functions. Changes nothing without `--fix`. */
await runCommand(async (command) => {
  const options = parseReconcileOptions(command.args, command.now());
  await reconcile(await connect(options.stage), options, command);
});
