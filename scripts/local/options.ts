import { Command, InvalidArgumentError } from 'commander';

export interface StartOptions {
  readonly port: number;
}

/** The port that users of Svix's own server know. */
const SVIX_PORT = 8071;

export const parsePort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 1 to 65535.');
};

/** Arguments of `npm start -- ...`. Throws commander's CommanderError (after saying why) instead of exiting. */
export const parseStartOptions = (args: readonly string[]): StartOptions =>
  new Command('npm start --')
    .description('Runs all of Posthorn on this machine, on an emulator of AWS, until Ctrl-C.')
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
  throw new InvalidArgumentError(`It begins with "${prefix}".`);
};

/** Arguments of `npm run token -- ...`. */
export const parseTokenOptions = (args: readonly string[], defaultOrganization: string): TokenOptions =>
  new Command('npm run token --')
    .description('Prints a bearer token for the API of the local stack or of a deployed stage.')
    .option('--org <id>', 'organization that the token is for', idWith('org_'), defaultOrganization)
    .option('--app <id>', 'confine the token to this application', idWith('app_'))
    .option('--management', 'a token for the management API instead', false)
    .option('--stage <name>', '"local" reads .posthorn/local.json, any other your AWS account', 'local')
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' })
    .opts();
