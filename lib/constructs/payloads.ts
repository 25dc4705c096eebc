import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PAYLOAD_OBJECT_DAYS } from '../../functions/platform/limits/retention.domain.ts';
import type { Binding } from '../building-blocks/binding.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from '../building-blocks/logical-id.ts';

/** Every payload lies under it. */
const PREFIX = 'payloads/';
const EXPIRY = Duration.days(PAYLOAD_OBJECT_DAYS);

/** How CDK calls the export of the bucket's ARN; it follows from the logical id, which is frozen. */
const ARN_EXPORT = 'ExportsOutputFnGetAttPayloadsBucketArn7B462F52';

type PayloadsBinding = Binding<'PAYLOADS_BUCKET'>;

/** Payloads too large for a table item: private, encrypted, over TLS alone, gone when no message can need them. */
export class Payloads extends Construct {
  readonly bucket: Bucket;
  readonly read: PayloadsBinding;
  /** New payloads, and those of messages that were published before. */
  readonly write: PayloadsBinding;
  readonly writeAndRemove: PayloadsBinding;
  /** The name without any right, for a function whose store needs a name but which reads no payload. */
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
      // In every stage: CloudFormation deletes no bucket that holds objects, and `cdk destroy` would stop halfway. Its
      // name is generated, and its objects expire by themselves.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    overrideLogicalId(this.bucket, CfnBucket, `${id}Bucket`);
    overrideLogicalIdBelow(this.bucket, CfnBucketPolicy, `${id}BucketPolicy`);
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only the functions read and write here; a log of each access would cost more than the access.',
    });
    this.nameOnly = this.bind([]);
    this.read = this.bind(['s3:GetObject']);
    this.write = this.bind(['s3:GetObject', 's3:PutObject']);
    this.writeAndRemove = this.bind(['s3:GetObject', 's3:PutObject', 's3:DeleteObject']);
  }

  /** By hand, because grantRead and grantPut allow wildcards of actions over the whole bucket. */
  private bind(actions: string[]): PayloadsBinding {
    const { bucketArn, bucketName } = this.bucket;
    return {
      variable: 'PAYLOADS_BUCKET',
      value: bucketName,
      wildcard: {
        id: `AwsSolutions-IAM5[Resource::${Stack.of(this).stackName}:${ARN_EXPORT}/${PREFIX}*]`,
        reason: 'Payloads are objects without number under one prefix; the right ends there.',
      },
      grant: ({ grantPrincipal }) => {
        if (actions.length === 0) return;
        grantPrincipal.addToPrincipalPolicy(
          new PolicyStatement({ actions, resources: [`${bucketArn}/${PREFIX}*`] }),
        );
        // Without it S3 answers 403 for a payload that has expired, which nobody could tell from a missing right.
        grantPrincipal.addToPrincipalPolicy(
          new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucketArn] }),
        );
      },
    };
  }
}
