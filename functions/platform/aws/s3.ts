import { S3Client } from '@aws-sdk/client-s3';
import { AWS_CALLS } from '../limits/aws-calls.domain.ts';
import { boundCalls, boundedConfig } from './call-timeouts.ts';
import { limitsOf } from './clients.ts';
import type { ClientOptions } from './clients.ts';

/** Whether the client talks to an emulator, which resolves no host names of buckets. */
const onEmulator = ({ endpoint }: ClientOptions): boolean =>
  endpoint !== undefined || process.env['AWS_ENDPOINT_URL'] !== undefined;

/** The SDK's client, since S3 answers XML and streams. Its code is large: import this module where it is needed. */
export const makeS3 = (options: ClientOptions = {}): S3Client => {
  const limits = limitsOf(options, AWS_CALLS.s3);
  return boundCalls(
    new S3Client({
      ...boundedConfig(limits),
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      forcePathStyle: onEmulator(options),
    }),
    limits,
  );
};
