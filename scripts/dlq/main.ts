import { runCommand } from '../local/run-command.ts';
import { makeCommands } from './commands.ts';
import { dlqCommand } from './options.ts';
import { connect } from './stage.ts';

/** `npm run dlq`: lists, inspects, replays and discards dead letters of a stage. Safe to stop and to repeat. */
await runCommand((command) =>
  dlqCommand(makeCommands(connect, command), command.now()).parseAsync([...command.args], { from: 'user' }),
);
