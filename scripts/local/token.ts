import { parseRevokeOptions, parseTokenOptions } from './options.ts';
import type { TokenOptions } from './options.ts';
import { connect } from '../dlq/stage.ts';
import { readSecret } from '../secrets/stored-secret.ts';
import { revoke } from './revoke.ts';
import { runProgram } from './run-command.ts';
import { DEFAULT_ORGANIZATION } from '../../functions/platform/settings/default-organization.ts';
import { applicationToken, managementToken, organizationToken } from './tokens.ts';

const mint = async (options: TokenOptions): Promise<string> => {
  const { secretsManager, get } = await connect(options.stage);
  const { current: secret } = await readSecret(secretsManager, get('JwtSecretArn'));
  const now = new Date();
  const { org, app, expires } = options;
  if (options.management) return managementToken(secret, now, expires);
  if (app !== undefined) return applicationToken(org, app, secret, now, expires);
  return organizationToken(org, secret, now, expires);
};

/**
 * `npm run token`: prints a bearer token and nothing else, and `npm run token -- revoke` ends tokens. For a deployed stage it
 * reads the JWT secret with your AWS credentials, so exactly the identities that may read that secret can mint tokens.
 */
await runProgram(async () => {
  const [first, ...rest] = process.argv.slice(2);
  const text =
    first === 'revoke'
      ? await revoke(connect, parseRevokeOptions(rest, DEFAULT_ORGANIZATION), Date.now())
      : await mint(parseTokenOptions(process.argv.slice(2), DEFAULT_ORGANIZATION));
  process.stdout.write(`${text}\n`);
});
