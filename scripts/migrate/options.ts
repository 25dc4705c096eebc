import { InvalidArgumentError } from 'commander';
import { npmCommand, parseCount } from '../local/command-line.ts';

export interface MigrateOptions {
  /** Server URLs without `/api/v1`. `to` is absent for the stack of `npm start`. */
  readonly from: string;
  readonly to?: string;
  /** Only this application of the source, by id or uid. */
  readonly app?: string;
  readonly dryRun: boolean;
  readonly update: boolean;
  readonly fresh: boolean;
  /** Requests a second to each server. */
  readonly rate: number;
  readonly report?: string;
}

export const FROM_TOKEN = 'MIGRATE_FROM_TOKEN';
export const TO_TOKEN = 'MIGRATE_TO_TOKEN';

/** Far below the rate limits of Svix's cloud. */
const DEFAULT_RATE = 10;

const parseServer = (text: string): string => {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new InvalidArgumentError('Expected a server URL such as https://api.eu.svix.com.');
  if (url.username !== '' || url.password !== '' || url.search !== '')
    throw new InvalidArgumentError('Expected a server URL without credentials and without a query.');
  return url.href.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
};

/** Parses the arguments of `npm run migrate -- ...`. Throws commander's CommanderError after printing the reason. */
export const parseMigrateOptions = (args: readonly string[]): MigrateOptions =>
  npmCommand(
    'npm run migrate --',
    `Recreates event types, applications and endpoints (secrets, headers and filters included) of any Svix API at another one. Tokens of the organizations are read from ${FROM_TOKEN} and ${TO_TOKEN}. A stopped run continues where it was.`,
  )
    .requiredOption('--from <url>', 'server URL of the source, such as https://api.eu.svix.com', parseServer)
    .option('--to <url>', 'server URL of the target; the stack of npm start if omitted', parseServer)
    .option('--app <id>', 'only this application of the source (id or uid)')
    .option('--dry-run', 'change nothing; report what would be created and what differs', false)
    .option('--update', 'overwrite what exists at the target and differs; otherwise it is kept', false)
    .option('--fresh', 'begin again with the first application instead of continuing', false)
    .option('--rate <n>', 'requests a second to each server', parseCount, DEFAULT_RATE)
    .option('--report <file>', 'where to write the report (JSON)')
    .parse([...args], { from: 'user' })
    .opts();
