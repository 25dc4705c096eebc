import { connect } from '../dlq/stage.ts';
import { runCommand } from '../local/run-command.ts';
import { wipe } from './command.ts';
import { parseWipeOptions } from './options.ts';

/** `npm run wipe`: deletes what a stage holds of a tenant. Counts only, unless `--yes` is given. Safe to stop and to repeat. */
await runCommand(async (command) => {
  const options = parseWipeOptions(command.args);
  await wipe(await connect(options.stage), options, command);
});
