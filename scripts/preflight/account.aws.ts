import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeResourcePoliciesCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetAccountSummaryCommand, IAMClient } from '@aws-sdk/client-iam';
import type { Architecture, Runtime } from '@aws-sdk/client-lambda';
import {
  Architecture as ARCHITECTURES,
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListLayersCommand,
  Runtime as RUNTIMES,
} from '@aws-sdk/client-lambda';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Account, Named } from './account.port.ts';

/** The parameter that the CDK's bootstrap stack writes. */
const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';
/** Certificates of CloudFront are in this region. */
const CLOUDFRONT_REGION = 'us-east-1';
/** CloudWatch Logs returns no more policies than this, and allows fewer. */
const LOG_POLICIES = 50;
const ATTEMPTS = 5;

export interface ClientOptions {
  readonly region: string;
  /** An emulator's address and its credentials; absent: AWS, with what the SDK finds. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Names of errors that mean that something does not exist. */
const ABSENT =
  /^(ResourceNotFound(Exception|Fault)?|NotFound(Exception)?|ParameterNotFound|NoSuchBucket|DashboardNotFoundError)$/;

/** CloudFormation answers a missing stack with ValidationError and a sentence. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  (ABSENT.test(error.name) || (error.name === 'ValidationError' && /does not exist/.test(error.message)));

/** Undefined where AWS says that it does not exist. */
const unlessAbsent = async <Value>(read: Promise<Value>): Promise<Value | undefined> => {
  try {
    return await read;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
};

const exists = async (read: Promise<object>): Promise<boolean> => (await unlessAbsent(read)) !== undefined;

const runtimeOf = (name: string): Runtime | undefined => Object.values(RUNTIMES).find((one) => one === name);
const architectureOf = (name: string): Architecture | undefined =>
  Object.values(ARCHITECTURES).find((one) => one === name);

/** Reads an account through the SDK. No call changes anything. */
export const makeAccount = (options: ClientOptions): Account => {
  const config = { ...options, maxAttempts: ATTEMPTS };
  const sts = new STSClient(config);
  const lambda = new LambdaClient(config);
  const gateway = new APIGatewayClient(config);
  const ssm = new SSMClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: options.endpoint !== undefined });
  const cloudFormation = new CloudFormationClient(config);
  const logs = new CloudWatchLogsClient(config);
  const cloudWatch = new CloudWatchClient(config);
  const events = new EventBridgeClient(config);
  const sns = new SNSClient(config);
  const iam = new IAMClient(config);
  const acm = new ACMClient({ ...config, region: CLOUDFRONT_REGION });

  const reads: Readonly<Record<Named['kind'], (name: string) => Promise<boolean>>> = {
    function: (FunctionName) => exists(lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))),
    async 'log group'(logGroupNamePrefix) {
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
      return logGroups.some(({ logGroupName }) => logGroupName === logGroupNamePrefix);
    },
    dashboard: (DashboardName) => exists(cloudWatch.send(new GetDashboardCommand({ DashboardName }))),
    'event bus': (Name) => exists(events.send(new DescribeEventBusCommand({ Name }))),
  };

  return {
    async identity() {
      const { Account: account = '', Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
      return { account, arn };
    },
    async concurrency() {
      const { AccountLimit = {}, AccountUsage = {} } = await lambda.send(new GetAccountSettingsCommand({}));
      const {
        ConcurrentExecutions = 0,
        UnreservedConcurrentExecutions = 0,
        TotalCodeSize = 0,
      } = AccountLimit;
      return {
        limit: ConcurrentExecutions,
        unreserved: UnreservedConcurrentExecutions,
        codeBytes: AccountUsage.TotalCodeSize ?? 0,
        codeBytesLimit: TotalCodeSize,
      };
    },
    async apiQuota() {
      const { throttleSettings = {} } = await gateway.send(new GetAccountCommand({}));
      return { rate: throttleSettings.rateLimit ?? 0, burst: throttleSettings.burstLimit ?? 0 };
    },
    async bootstrapVersion() {
      const found = await unlessAbsent(ssm.send(new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER })));
      return found === undefined ? undefined : Number(found.Parameter?.Value ?? 0);
    },
    bucketExists: (Bucket) => exists(s3.send(new HeadBucketCommand({ Bucket }))),
    async unsupported(runtime, architecture) {
      const CompatibleRuntime = runtimeOf(runtime);
      const CompatibleArchitecture = architectureOf(architecture);
      if (CompatibleRuntime === undefined || CompatibleArchitecture === undefined)
        return 'this version of the AWS SDK does not know it';
      try {
        await lambda.send(new ListLayersCommand({ CompatibleRuntime, CompatibleArchitecture, MaxItems: 1 }));
        return undefined;
      } catch (error) {
        if (error instanceof Error && /^(InvalidParameterValue|Validation)/.test(error.name))
          return error.message;
        throw error;
      }
    },
    async stack(StackName) {
      const found = await unlessAbsent(cloudFormation.send(new DescribeStacksCommand({ StackName })));
      const stack = found?.Stacks?.[0];
      return stack === undefined
        ? undefined
        : { status: stack.StackStatus ?? 'unknown', reason: stack.StackStatusReason };
    },
    async resourcesOf(StackName) {
      const ids = new Set<string>();
      for await (const { StackResourceSummaries = [] } of paginateListStackResources(
        { client: cloudFormation },
        { StackName },
      ))
        for (const { PhysicalResourceId } of StackResourceSummaries)
          if (PhysicalResourceId !== undefined) ids.add(PhysicalResourceId);
      return ids;
    },
    exists: ({ kind, name }) => reads[kind](name),
    async topic(TopicArn) {
      const found = await unlessAbsent(sns.send(new GetTopicAttributesCommand({ TopicArn })));
      if (found === undefined) return undefined;
      const {
        KmsMasterKeyId: kmsKey,
        SubscriptionsConfirmed,
        Policy = '{"Statement":[]}',
      } = found.Attributes ?? {};
      return { kmsKey, subscriptions: Number(SubscriptionsConfirmed ?? 0), policy: Policy };
    },
    async certificate(CertificateArn) {
      const found = await unlessAbsent(acm.send(new DescribeCertificateCommand({ CertificateArn })));
      if (found?.Certificate === undefined) return undefined;
      const { Status = 'unknown', DomainName, SubjectAlternativeNames = [] } = found.Certificate;
      return {
        status: Status,
        names: [...new Set([...(DomainName === undefined ? [] : [DomainName]), ...SubjectAlternativeNames])],
      };
    },
    async roles() {
      const { SummaryMap = {} } = await iam.send(new GetAccountSummaryCommand({}));
      return { used: SummaryMap['Roles'] ?? 0, quota: SummaryMap['RolesQuota'] ?? 1_000 };
    },
    async logPolicies() {
      const { resourcePolicies = [] } = await logs.send(
        new DescribeResourcePoliciesCommand({ limit: LOG_POLICIES }),
      );
      return resourcePolicies.length;
    },
  };
};
