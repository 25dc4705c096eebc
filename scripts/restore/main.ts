import { connect } from '../dlq/stage.ts';
import { runCommand } from '../local/run-command.ts';
import { restore } from './command.ts';
import { parseRestoreOptions } from './options.ts';

/** `npm run restore`: makes new tables from backups. Changes no table of the stage. Safe to stop and to repeat. */
await runCommand(async (command) => {
  const options = parseRestoreOptions(command.args, command.now());
  await restore(await connect(options.stage), options, command);
});
