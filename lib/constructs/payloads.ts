import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PAYLOAD_OBJECT_DAYS } from '../../functions/platform/limits/retention.domain.ts';
import { permission } from '../building-blocks/binding.ts';
import type { Binding } from '../building-blocks/binding.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from '../building-blocks/logical-id.ts';

/** The key prefix of every payload. */
const PREFIX = 'payloads/';
const EXPIRY = Duration.days(PAYLOAD_OBJECT_DAYS);

/** CDK's name for the export of the bucket's ARN. It is derived from the logical id, which is frozen. */
const ARN_EXPORT = 'ExportsOutputFnGetAttPayloadsBucketArn7B462F52';

type PayloadsBinding = Binding<'PAYLOADS_BUCKET'>;

/**
 * The bucket of payloads too large for a table item: private, encrypted, TLS only, expiring after the longest
 * retention.
 */
export class Payloads extends Construct {
  readonly bucket: Bucket;
  readonly read: PayloadsBinding;
  /** Writes new payloads and reads those of messages that were published before. */
  readonly write: PayloadsBinding;
  /** For a function that reads none of them. */
  readonly writeOnly: PayloadsBinding;
  readonly writeAndRemove: PayloadsBinding;
  readonly remove: PayloadsBinding;
  /** The name without permissions, for a function whose environment schema has it but that reads no payload. */
  readonly nameOnly: PayloadsBinding;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [
        {
          id: 'payloads',
          prefix: PREFIX,
          expiration: EXPIRY,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      // In every stage: CloudFormation cannot delete a bucket with objects, so `cdk destroy` would fail halfway. The
      // bucket's name is generated, and its objects expire.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    overrideLogicalId(this.bucket, CfnBucket, `${id}Bucket`);
    overrideLogicalIdBelow(this.bucket, CfnBucketPolicy, `${id}BucketPolicy`);
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only functions access the bucket, and an access log would cost more than the accesses.',
    });
    this.nameOnly = this.bind([]);
    this.read = this.bind(['s3:GetObject']);
    this.write = this.bind(['s3:GetObject', 's3:PutObject']);
    this.writeOnly = this.bind(['s3:PutObject']);
    this.remove = this.bind(['s3:DeleteObject']);
    this.writeAndRemove = this.bind(['s3:GetObject', 's3:PutObject', 's3:DeleteObject']);
  }

  /** Policy statements instead of grantRead and grantPut, which allow wildcard actions on the whole bucket. */
  private bind(actions: string[]): PayloadsBinding {
    const { bucketArn, bucketName } = this.bucket;
    return {
      variable: 'PAYLOADS_BUCKET',
      value: bucketName,
      wildcard: {
        id: `AwsSolutions-IAM5[Resource::${Stack.of(this).stackName}:${ARN_EXPORT}/${PREFIX}*]`,
        reason:
          'Payloads are any number of objects below one prefix; the permission is limited to that prefix.',
      },
      grant: (grantee) => {
        if (actions.length > 0) permission(actions, [`${bucketArn}/${PREFIX}*`])(grantee);
        // Without it S3 answers 403 instead of 404 for an expired payload, as for a missing permission.
        if (actions.includes('s3:GetObject')) permission(['s3:ListBucket'], [bucketArn])(grantee);
      },
    };
  }
}
