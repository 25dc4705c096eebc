import { Command, InvalidArgumentError, Option } from 'commander';
import { VIEWS } from '../../functions/read-models/rebuild/rebuild.port.ts';
import type { ViewName } from '../../functions/read-models/rebuild/rebuild.port.ts';

export interface RebuildOptions {
  readonly stage: string;
  readonly views: readonly ViewName[];
  readonly segments: number;
}

/** DynamoDB's own limit is a million; each segment of ours is a line of work in this one process. */
const MOST_SEGMENTS = 64;

const parseSegments = (text: string): number => {
  const segments = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (segments >= 1 && segments <= MOST_SEGMENTS) return segments;
  throw new InvalidArgumentError(`A whole number from 1 to ${MOST_SEGMENTS}.`);
};

interface Given {
  readonly stage: string;
  readonly view: string;
  readonly segments: number;
}

/** Arguments of `npm run rebuild -- ...`. Throws commander's CommanderError after saying why. */
export const parseRebuildOptions = (args: readonly string[]): RebuildOptions => {
  const { stage, view, segments } = new Command('npm run rebuild --')
    .description('Makes read models anew from the log of attempts, while traffic flows.')
    .requiredOption('--stage <name>', '"local" reads .posthorn/local.json, any other your AWS account')
    .addOption(new Option('--view <name>', 'read model').choices([...VIEWS, 'all']).default('all'))
    .option('--segments <number>', 'parts of the tables that are read side by side', parseSegments, 4)
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' })
    .opts<Given>();
  return { stage, segments, views: VIEWS.filter((name) => view === 'all' || name === view) };
};
