import { FLAGS } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';

/** CDK's feature flags with which the stacks are written and tested; cdk.json has the same. */
export const FEATURE_FLAGS: Readonly<Record<string, unknown>> = {
  '@aws-cdk/aws-apigateway:usagePlanKeyOrderInsensitiveId': true,
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy': false,
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  '@aws-cdk/aws-lambda:recognizeVersionProps': true,
  '@aws-cdk/aws-s3:createDefaultLoggingPolicy': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:target-partitions': ['aws', 'aws-cn', 'aws-us-gov'],
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
};

/**
 * Gives the constructs below this one these flags and no others, so that the templates are the same in every app, whichever
 * flags it sets. Flags that CDK 2 has switched on for good are left alone.
 */
export const pinFeatureFlags = ({ node }: Construct): void => {
  for (const [flag, { unconfiguredBehavesLike }] of Object.entries(FLAGS))
    if (unconfiguredBehavesLike?.v2 !== true) node.setContext(flag, FEATURE_FLAGS[flag] ?? false);
  for (const [flag, value] of Object.entries(FEATURE_FLAGS)) node.setContext(flag, value);
};
