import { STAGE_OPTION, npmCommand, parseCount } from '../local/command-line.ts';

export interface WipeOptions {
  readonly stage: string;
  readonly org?: string;
  /** Id or uid. */
  readonly app?: string;
  /** Delete; absent: count. */
  readonly yes: boolean;
  /** Rows a second. */
  readonly rate: number;
  readonly segments: number;
}

const DEFAULT_RATE = 500;
const DEFAULT_SEGMENTS = 4;

/** Parses the arguments of `npm run wipe -- ...`. Throws commander's CommanderError after printing the reason. */
export const parseWipeOptions = (args: readonly string[]): WipeOptions => {
  const command = npmCommand(
    'npm run wipe --',
    'Deletes everything that a stage holds of an organization or an application. Counts only, unless --yes is given.',
  )
    .option('--org <id>', 'the organization; needed for an application that is named by its uid in several')
    .option('--app <id>', 'only this application of it (id or uid)')
    .option(...STAGE_OPTION, 'local')
    .option('--yes', 'delete; without it the command only counts', false)
    .option('--rate <n>', 'rows to delete a second', parseCount, DEFAULT_RATE)
    .option('--segments <n>', 'segments of a table that are read at a time', parseCount, DEFAULT_SEGMENTS)
    .parse([...args], { from: 'user' });
  const options = command.opts<WipeOptions>();
  if (options.org === undefined && options.app === undefined)
    command.error('error: --org or --app is required');
  return options;
};
