import { Option } from 'commander';
import { VIEWS } from '../../functions/read-models/rebuild/rebuild.port.ts';
import type { ViewName } from '../../functions/read-models/rebuild/rebuild.port.ts';
import { STAGE_OPTION, npmCommand, wholeNumber } from '../local/command-line.ts';

export interface RebuildOptions {
  readonly stage: string;
  readonly views: readonly ViewName[];
  readonly segments: number;
}

/** DynamoDB allows a million; here each segment is a concurrent scan of this one process. */
const MAX_SEGMENTS = 64;

interface Given {
  readonly stage: string;
  readonly view: string;
  readonly segments: number;
}

/** Parses the arguments of `npm run rebuild -- ...`. Throws commander's CommanderError after printing the reason. */
export const parseRebuildOptions = (args: readonly string[]): RebuildOptions => {
  const { stage, view, segments } = npmCommand(
    'npm run rebuild --',
    'Rebuilds read models from the log of attempts while traffic flows.',
  )
    .requiredOption(...STAGE_OPTION)
    .addOption(new Option('--view <name>', 'read model to rebuild').choices([...VIEWS, 'all']).default('all'))
    .option(
      '--segments <number>',
      'table segments that are scanned in parallel',
      wholeNumber(1, MAX_SEGMENTS),
      4,
    )
    .parse([...args], { from: 'user' })
    .opts<Given>();
  return { stage, segments, views: VIEWS.filter((name) => view === 'all' || name === view) };
};
