import { createHash } from 'node:crypto';
import { CfnResource, CustomResource, Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { pageFiles } from '#assets';
import type { PortalUploadEnv } from '../../../functions/platform/lambda/env.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../../functions/platform/limits/function-timeouts.domain.ts';
import { FUNCTION_MEMORY_MB } from '../../../functions/platform/limits/memory.domain.ts';
import { permission, plainValue } from '../../building-blocks/binding.ts';
import type { Binding } from '../../building-blocks/binding.ts';
import { overrideLogicalId } from '../../building-blocks/logical-id.ts';
import { ServiceFunction } from '../../building-blocks/service-function.ts';
import type { StageConfig } from '../../config.ts';
import { pageConfig } from './page-headers.ts';

/**
 * Uploads the page at deployment by a custom resource, whose property changes with the page. CDK's BucketDeployment would
 * bring a function in another language with permissions on the whole asset bucket (docs/decisions/0095).
 */
export class PageUpload extends Construct {
  readonly portalUpload: ServiceFunction<PortalUploadEnv>;

  constructor(scope: Construct, id: string, { config, bucket }: { config: StageConfig; bucket: Bucket }) {
    super(scope, id);
    const settings = pageConfig(config.portal);
    this.portalUpload = new ServiceFunction<PortalUploadEnv>(this, 'PortalUpload', {
      config,
      entry: 'portal-upload',
      description: 'Uploads the page of the portal to its bucket, when a deployment changes it',
      memory: FUNCTION_MEMORY_MB.portalUpload,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.portalUpload,
      bindings: {
        PORTAL_CONFIG: plainValue('PORTAL_CONFIG', settings),
        PORTAL_BUCKET: uploadsTo(bucket),
      },
    });
    const upload = new CustomResource(this, 'Page', {
      serviceToken: this.portalUpload.lambda.functionArn,
      resourceType: 'Custom::PortalPage',
      // CloudFormation would wait an hour for a function that cannot answer.
      serviceTimeout: Duration.seconds(2 * FUNCTION_TIMEOUT_SECONDS.portalUpload),
      properties: { Version: pageHash(settings) },
    });
    // The permissions and the bucket with its policy must exist as long as the function may run.
    const { role } = this.portalUpload.lambda;
    upload.node.addDependency(bucket, ...(role === undefined ? [] : [role]));
    overrideLogicalId(upload, CfnResource, 'PortalPage');
  }
}

const pageHash = (config: string): string =>
  createHash('sha256')
    .update(JSON.stringify([pageFiles().map(({ path, etag }) => [path, etag]), config]))
    .digest('hex');

/** To write the files, and to delete whatever is in the bucket when the stack is deleted. */
const uploadsTo = (bucket: Bucket): Binding<'PORTAL_BUCKET'> => ({
  variable: 'PORTAL_BUCKET',
  value: bucket.bucketName,
  wildcard: {
    id: 'AwsSolutions-IAM5[Resource::<PortalBucket.Arn>/*]',
    reason: 'The files of the page; the bucket holds nothing else.',
  },
  grant: (grantee) => {
    permission(['s3:PutObject', 's3:DeleteObject'], [bucket.arnForObjects('*')])(grantee);
    permission(['s3:ListBucket'], [bucket.bucketArn])(grantee);
  },
});
