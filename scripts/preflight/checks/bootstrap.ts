import type { Check } from '../finding.ts';
import { failure, ok } from '../finding.ts';

/** The default qualifier of bootstrap stacks, which the stacks of this project use. */
const QUALIFIER = 'hnb659fds';

/** The CDK bootstrap stack of account and region, and its bucket for assets. */
export const bootstrap: Check = {
  name: 'CDK bootstrap',
  needs: ['ssm:GetParameter', 's3:ListBucket'],
  async run({ account: id, region, bootstrapVersion }, account) {
    const command = `Run npx cdk bootstrap aws://${id}/${region}`;
    const version = await account.bootstrapVersion();
    if (version === undefined)
      return failure(`account ${id} is not bootstrapped for the CDK in ${region}`, `${command}.`);
    if (version < bootstrapVersion)
      return failure(
        `the bootstrap stack has version ${version}, and the stacks need ${bootstrapVersion}`,
        `${command} again, which updates it.`,
      );
    const bucket = `cdk-${QUALIFIER}-assets-${id}-${region}`;
    if (!(await account.bucketExists(bucket)))
      return failure(
        `the bucket ${bucket} of the bootstrap stack is missing`,
        `Delete the stack CDKToolkit and then ${command.charAt(0).toLowerCase()}${command.slice(1)}.`,
      );
    return ok(`version ${version}, at least ${bootstrapVersion} is needed`);
  },
};
