import { readFile } from 'node:fs/promises';
import { connect } from '../dlq/stage.ts';
import { runCommand } from '../local/run-command.ts';
import { makeCommands } from './commands.ts';
import { secretsCommand } from './options.ts';

/** `npm run secrets`: rotates the keys of a stage while traffic flows. Safe to stop and to repeat. */
await runCommand((command) => {
  const commands = makeCommands({ ...command, connect, readFile: (path) => readFile(path, 'utf8') });
  return secretsCommand(commands).parseAsync([...command.args], { from: 'user' });
});
