import { Command, InvalidArgumentError, Option } from 'commander';
import { VIEWS } from '../../functions/read-models/rebuild/rebuild.port.ts';
import type { ViewName } from '../../functions/read-models/rebuild/rebuild.port.ts';

export interface RebuildOptions {
  readonly stage: string;
  readonly views: readonly ViewName[];
  readonly segments: number;
}

/** DynamoDB allows a million; here each segment is a concurrent scan of this one process. */
const MAX_SEGMENTS = 64;

const parseSegments = (text: string): number => {
  const segments = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (segments >= 1 && segments <= MAX_SEGMENTS) return segments;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_SEGMENTS}.`);
};

interface Given {
  readonly stage: string;
  readonly view: string;
  readonly segments: number;
}

/** Parses the arguments of `npm run rebuild -- ...`. Throws commander's CommanderError after printing the reason. */
export const parseRebuildOptions = (args: readonly string[]): RebuildOptions => {
  const { stage, view, segments } = new Command('npm run rebuild --')
    .description('Rebuilds read models from the log of attempts while traffic flows.')
    .requiredOption(
      '--stage <name>',
      '"local" for the stack of npm start, else the name of a stage in your AWS account',
    )
    .addOption(new Option('--view <name>', 'read model to rebuild').choices([...VIEWS, 'all']).default('all'))
    .option('--segments <number>', 'table segments that are scanned in parallel', parseSegments, 4)
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' })
    .opts<Given>();
  return { stage, segments, views: VIEWS.filter((name) => view === 'all' || name === view) };
};
