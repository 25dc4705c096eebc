import { InvalidArgumentError } from 'commander';
import { npmCommand } from '../local/command-line.ts';

export interface ReleaseOptions {
  readonly version: string;
  /** Commit and tag; absent: only say what would be done. */
  readonly yes: boolean;
}

const parseVersion = (text: string): string => {
  if (/^\d{1,5}\.\d{1,5}\.\d{1,5}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a version such as 1.2.3.');
};

/** Parses the arguments of `npm run release -- ...`. Throws commander's CommanderError after printing the reason. */
export const parseReleaseOptions = (args: readonly string[]): ReleaseOptions => {
  const command = npmCommand(
    'npm run release --',
    'Makes a release of this checkout: version, changelog, SBOM, commit and tag. Pushes nothing.',
  )
    .argument('<version>', 'the new version, such as 1.2.3', parseVersion)
    .option('--yes', 'commit and tag; without it the command only says what it would do', false)
    .parse([...args], { from: 'user' });
  const [version = ''] = command.processedArgs.map(String);
  return { version, yes: command.opts<{ yes: boolean }>().yes };
};
