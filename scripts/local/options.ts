import { InvalidArgumentError } from 'commander';
import { STAGE_OPTION, durationMs, npmCommand, wholeNumber } from './command-line.ts';
import { ORGANIZATION_EXPIRY_SECONDS } from '../../functions/platform/limits/tokens.domain.ts';

export interface StartOptions {
  readonly port: number;
  /** Whether to return when the stack is ready and leave it running. */
  readonly detach: boolean;
}

/** The default port of svix-server. */
const SVIX_PORT = 8071;

const parsePort = wholeNumber(1, 65_535, 'Expected a port from 1 to 65535.');

/** Parses the arguments of `npm start -- ...`. Throws commander's CommanderError after printing the reason. */
export const parseStartOptions = (args: readonly string[]): StartOptions =>
  npmCommand('npm start --', 'Runs Posthorn on this machine, on an emulator of AWS, until Ctrl-C.')
    .option('--detach', 'return when the stack is ready, and leave it running until `npm stop`', false)
    .option('--port <number>', 'port of the API on 127.0.0.1', parsePort, SVIX_PORT)
    .parse([...args], { from: 'user' })
    .opts();

export interface TokenOptions {
  readonly org: string;
  readonly stage: string;
  readonly app: string | undefined;
  readonly management: boolean;
  /** Seconds. */
  readonly expires: number | undefined;
}

export interface RevokeOptions {
  readonly org: string;
  readonly stage: string;
  readonly tokenId: string | undefined;
  readonly token: string | undefined;
  readonly issuedBefore: Date | undefined;
  readonly all: boolean;
}

const idWith = (prefix: string) => (text: string) => {
  if (text.startsWith(prefix)) return text;
  throw new InvalidArgumentError(`Expected an id that begins with "${prefix}".`);
};

/** A lifetime in seconds, from one minute to ten years. */
const parseLifetime = (text: string): number => {
  const seconds = durationMs(text) / 1000;
  if (seconds >= ORGANIZATION_EXPIRY_SECONDS.least && seconds <= ORGANIZATION_EXPIRY_SECONDS.most)
    return seconds;
  throw new InvalidArgumentError('Expected a lifetime such as 90d or 12h, from one minute to ten years.');
};

const parseDate = (text: string): Date => {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('Expected an instant such as 2026-11-30T12:00:00Z.');
};

/** Parses the arguments of `npm run token -- revoke ...`. */
export const parseRevokeOptions = (args: readonly string[], defaultOrganization: string): RevokeOptions => {
  const command = npmCommand(
    'npm run token -- revoke',
    'Revokes tokens of an organization and of its applications, from the next request on.',
  )
    .option('--org <id>', 'organization whose tokens are revoked', idWith('org_'), defaultOrganization)
    .option('--token-id <id>', 'revoke the token with this id (claim jti; tokenId of whoami)')
    .option('--token <jwt>', 'revoke this token')
    .option('--issued-before <time>', 'revoke every token that was issued before', parseDate)
    .option('--all', 'revoke every token that was issued until now', false)
    .option(...STAGE_OPTION, 'local')
    .parse([...args], { from: 'user' });
  const options = command.opts<RevokeOptions>();
  const named = [options.tokenId, options.token, options.issuedBefore].filter((one) => one !== undefined);
  if (named.length + (options.all ? 1 : 0) !== 1)
    command.error('Say which tokens: one of --token-id, --token, --issued-before, --all.');
  return options;
};

/** Parses the arguments of `npm run token -- ...`. */
export const parseTokenOptions = (args: readonly string[], defaultOrganization: string): TokenOptions =>
  npmCommand(
    'npm run token --',
    'Prints a bearer token for the API of the local stack or of a deployed stage.',
  )
    .option('--org <id>', 'organization that the token is for', idWith('org_'), defaultOrganization)
    .option('--app <id>', 'limit the token to this application', idWith('app_'))
    .option('--management', 'print a token for the management API instead', false)
    .option(
      '--expires <lifetime>',
      'how long it is valid, such as 90d or 12h; ten years if omitted',
      parseLifetime,
    )
    .option(...STAGE_OPTION, 'local')
    .parse([...args], { from: 'user' })
    .opts();
