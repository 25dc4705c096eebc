import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { clientConfig, EMULATOR_ACCOUNT } from '../../../scripts/local/deploy/guard.ts';
import type { Account } from '../../../scripts/preflight/account.port.ts';
import { makeAccount } from '../../../scripts/preflight/account.aws.ts';

/** Reads through the real SDK, as far as the emulator answers. Quotas and denials are scripted in test/unit/preflight. */
let config: ReturnType<typeof clientConfig>;
let account: Account;

beforeAll(() => {
  config = clientConfig(inject('awsEndpoint'));
  account = makeAccount(config);
});

describe('what preflight reads of an account', () => {
  it('the identity of the credentials', async () => {
    expect(await account.identity()).toMatchObject({ account: EMULATOR_ACCOUNT });
  });

  it('the concurrency of Lambda', async () => {
    expect((await account.concurrency()).limit).toBeGreaterThan(0);
  });

  it('the version of the bootstrap stack, and none where there is none', async ({ skip }) => {
    if ((await account.bootstrapVersion()) !== undefined)
      return skip('this emulator is bootstrapped already');
    const ssm = new SSMClient(config);
    const Name = '/cdk-bootstrap/hnb659fds/version';
    await ssm.send(new PutParameterCommand({ Name, Value: '21', Type: 'String' }));
    try {
      expect(await account.bootstrapVersion()).toBe(21);
    } finally {
      // `cdk bootstrap` fails beside it, and the emulator may be one that end-to-end tests use next.
      await ssm.send(new DeleteParameterCommand({ Name }));
    }
    expect(await account.bootstrapVersion()).toBeUndefined();
  });

  it('whether buckets, functions, dashboards, log groups and event buses exist', async () => {
    const name = `preflight-${randomUUID()}`;
    expect(await account.bucketExists(name)).toBe(false);
    await new S3Client({ ...config, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: name }));
    expect(await account.bucketExists(name)).toBe(true);
    await new CloudWatchLogsClient(config).send(new CreateLogGroupCommand({ logGroupName: name }));
    expect(await account.exists({ kind: 'log group', name })).toBe(true);
    for (const kind of ['function', 'event bus', 'dashboard'] as const)
      expect([kind, await account.exists({ kind, name })]).toEqual([kind, false]);
  });

  it('the state of a stack and the names of its resources', async () => {
    const StackName = `preflight-${randomUUID()}`;
    expect(await account.stack(StackName)).toBeUndefined();
    const Resources = { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: StackName } } };
    const TemplateBody = JSON.stringify({ Resources });
    await new CloudFormationClient(config).send(new CreateStackCommand({ StackName, TemplateBody }));
    expect((await account.stack(StackName))?.status).toMatch(/^CREATE_/);
    expect([...(await account.resourcesOf(StackName))].join()).toContain(StackName);
  });

  it('a topic with its policy, and none where there is none', async () => {
    const { TopicArn = '' } = await new SNSClient(config).send(new CreateTopicCommand({ Name: 'preflight' }));
    expect(await account.topic(TopicArn)).toMatchObject({ subscriptions: 0 });
    expect(await account.topic(`${TopicArn}-missing`)).toBeUndefined();
  });

  it('roles and resource policies of logs', async () => {
    expect((await account.roles()).quota).toBeGreaterThan(0);
    expect(await account.logPolicies()).toBeGreaterThanOrEqual(0);
  });
});
