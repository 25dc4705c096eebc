import { Command, InvalidArgumentError } from 'commander';

export interface StartOptions {
  readonly port: number;
}

/** The default port of svix-server. */
const SVIX_PORT = 8071;

export const parsePort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 1 to 65535.');
};

/** Parses the arguments of `npm start -- ...`. Throws commander's CommanderError after printing the reason. */
export const parseStartOptions = (args: readonly string[]): StartOptions =>
  new Command('npm start --')
    .description('Runs Posthorn on this machine, on an emulator of AWS, until Ctrl-C.')
    .option('--port <number>', 'port of the API on 127.0.0.1', parsePort, SVIX_PORT)
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' })
    .opts();

export interface TokenOptions {
  readonly org: string;
  readonly stage: string;
  readonly app: string | undefined;
  readonly management: boolean;
}

const idWith = (prefix: string) => (text: string) => {
  if (text.startsWith(prefix)) return text;
  throw new InvalidArgumentError(`Expected an id that begins with "${prefix}".`);
};

/** Parses the arguments of `npm run token -- ...`. */
export const parseTokenOptions = (args: readonly string[], defaultOrganization: string): TokenOptions =>
  new Command('npm run token --')
    .description('Prints a bearer token for the API of the local stack or of a deployed stage.')
    .option('--org <id>', 'organization that the token is for', idWith('org_'), defaultOrganization)
    .option('--app <id>', 'limit the token to this application', idWith('app_'))
    .option('--management', 'print a token for the management API instead', false)
    .option(
      '--stage <name>',
      '"local" for the stack of npm start, else the name of a stage in your AWS account',
      'local',
    )
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' })
    .opts();
