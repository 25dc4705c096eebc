import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readLocalFile } from './local-file.ts';
import { parseRevokeOptions, parseTokenOptions } from './options.ts';
import type { TokenOptions } from './options.ts';
import { Problem, explain } from './problem.ts';
import { connect } from '../dlq/stage.ts';
import { revoke } from './revoke.ts';
import { runProgram } from './run-command.ts';
import { currentSecret } from './secrets.ts';
import { DEFAULT_ORGANIZATION } from '../../functions/platform/settings/default-organization.ts';
import { applicationToken, managementToken, organizationToken } from './tokens.ts';

/**
 * `npm run token`: prints a bearer token and nothing else, and `npm run token -- revoke` ends tokens. For a deployed stage it reads the JWT secret with your AWS
 * credentials, so exactly the identities that may read that secret can mint tokens.
 */
const secretArn = async (stage: string): Promise<string> => {
  const StackName = `posthorn-${stage}-service`;
  const { Stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName }));
  const output = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'JwtSecretArn')?.OutputValue;
  if (output !== undefined) return output;
  throw new Problem(`The stack ${StackName} has no output JwtSecretArn. Deploy it with this version first.`);
};

const deployedSecret = async (stage: string): Promise<string> => {
  try {
    return await currentSecret(new SecretsManagerClient(), await secretArn(stage));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      `Cannot read the JWT secret of stage "${stage}" with the current AWS credentials and region: ${explain(error)}`,
    );
  }
};

const mint = async (options: TokenOptions): Promise<string> => {
  const secret =
    options.stage === 'local' ? (await readLocalFile()).jwtSecret : await deployedSecret(options.stage);
  const now = new Date();
  const { org, app, expires } = options;
  if (options.management) return managementToken(secret, now, expires);
  if (app !== undefined) return applicationToken(org, app, secret, now, expires);
  return organizationToken(org, secret, now, expires);
};

await runProgram(async () => {
  const [first, ...rest] = process.argv.slice(2);
  const text =
    first === 'revoke'
      ? await revoke(connect, parseRevokeOptions(rest, DEFAULT_ORGANIZATION), Date.now())
      : await mint(parseTokenOptions(process.argv.slice(2), DEFAULT_ORGANIZATION));
  process.stdout.write(`${text}\n`);
});
