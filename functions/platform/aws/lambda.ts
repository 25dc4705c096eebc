import { LambdaClient } from '@aws-sdk/client-lambda';
import { AWS_CALLS } from '../limits/aws-calls.domain.ts';
import { boundCalls, boundedConfig } from './call-timeouts.ts';
import { limitsOf } from './clients.ts';

/** The SDK's client, since Lambda's API is REST. For the function that checks event sources; nothing on the hot path. */
export const makeLambda = (): LambdaClient => {
  const limits = limitsOf({}, AWS_CALLS.lambda);
  return boundCalls(new LambdaClient(boundedConfig(limits)), limits);
};
