import { gunzipSync } from 'node:zlib';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { makeS3 } from '../platform/aws/s3.ts';
import { onColdStart } from '../platform/lambda/cold-start.ts';
import { portalUploadEnv } from '../platform/lambda/env.ts';
import { lambdaHandler } from '../platform/lambda/handler.ts';
import { answerCloudFormation } from './cloudformation-answer.ts';
import { makePageBucket } from './page-bucket.s3.ts';
import { embeddedFiles } from './page-file.ts';
import { uploadPage } from './upload.flow.ts';

const services = onColdStart(() => {
  const { PORTAL_BUCKET, PORTAL_CONFIG } = portalUploadEnv.parse(process.env);
  const files = embeddedFiles(process.env['PORTAL_FILES'] ?? '[]').map(({ path, type, gzip }) => ({
    ...{ path, type },
    content: gunzipSync(Buffer.from(gzip, 'base64')),
  }));
  return { bucket: makePageBucket(makeS3(), PORTAL_BUCKET), files, config: PORTAL_CONFIG };
});

/** Uploads the page when a deployment changes it, and empties the bucket before the stack is deleted. */
export const handler = lambdaHandler((event: CloudFormationCustomResourceEvent) =>
  answerCloudFormation(event, async () => {
    const { bucket, files, config } = await services();
    await (event.RequestType === 'Delete' ? bucket.empty() : uploadPage(bucket, files, config));
  }),
);
