import { describe, expect, it } from 'vitest';
import { parseStage } from '../../../lib/config.ts';
import type { Account } from '../../../scripts/preflight/account.port.ts';
import type { Finding, Status } from '../../../scripts/preflight/finding.ts';
import { planOf } from '../../../scripts/preflight/plan.ts';
import { preflight, stageToCheck } from '../../../scripts/preflight/preflight.ts';
import { exitCodeOf, jsonReport, textReport } from '../../../scripts/preflight/report.ts';

const ID = '123456789012';
const REGION = 'eu-west-1';
const TOPIC = `arn:aws:sns:${REGION}:${ID}:alarms`;
const DEFAULT_POLICY = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: ['SNS:Publish'] }],
});

/** An account in which a stage can be deployed for the first time. */
const ready: Account = {
  identity: async () => ({ account: ID, arn: `arn:aws:iam::${ID}:user/ada` }),
  concurrency: async () => ({ limit: 1_000, unreserved: 1_000, codeBytes: 0, codeBytesLimit: 80e9 }),
  apiQuota: async () => ({ rate: 10_000, burst: 5_000 }),
  bootstrapVersion: async () => 21,
  bucketExists: async () => true,
  unsupported: async () => undefined,
  stack: async () => undefined,
  resourcesOf: async () => new Set(),
  exists: async () => false,
  topic: async () => ({ kmsKey: undefined, subscriptions: 1, policy: DEFAULT_POLICY }),
  certificate: async () => undefined,
  roles: async () => ({ used: 10, quota: 1_000 }),
  logPolicies: async () => 2,
};

const stageOf = (more: object = {}) =>
  parseStage('prod', JSON.stringify({ target: 'aws', keepState: true, alarmTopicArn: TOPIC, ...more }));

const run = (account: Partial<Account> = {}, stage: object = {}) =>
  preflight(stageOf(stage), REGION, { ...ready, ...account });

const bad = (findings: readonly Finding[]) => findings.filter(({ status }) => status !== 'ok');

describe('preflight', () => {
  it('finds nothing to do in an account that is ready, and exits with 0', async () => {
    const findings = await run();
    expect(bad(findings)).toEqual([]);
    expect(exitCodeOf(findings)).toBe(0);
    expect(textReport('prod', findings)).toContain('Stage prod can be deployed');
  });

  type Case = readonly [string, Partial<Account>, object, Status, RegExp];
  const cases: readonly Case[] = [
    [
      'a new account has a concurrency of 10',
      { concurrency: async () => ({ limit: 10, unreserved: 10, codeBytes: 0, codeBytesLimit: 80e9 }) },
      {},
      'failure',
      /^Set "accountConcurrency": 10 in stages\/prod\.jsonc, or ask for more in Service Quotas/,
    ],
    [
      'a stage reserves what a small account cannot reserve',
      { concurrency: async () => ({ limit: 50, unreserved: 50, codeBytes: 0, codeBytesLimit: 80e9 }) },
      { accountConcurrency: 50, reservedConcurrency: { publish: 10 } },
      'failure',
      /^Lower "reservedConcurrency"/,
    ],
    [
      'event sources may take most of a small account',
      { concurrency: async () => ({ limit: 10, unreserved: 10, codeBytes: 0, codeBytesLimit: 80e9 }) },
      { accountConcurrency: 10 },
      'warning',
      /nothing is lost meanwhile/,
    ],
    [
      'code packages fill the storage of the region',
      { concurrency: async () => ({ limit: 1e3, unreserved: 1e3, codeBytes: 79e9, codeBytesLimit: 80e9 }) },
      {},
      'failure',
      /^Delete old function versions/,
    ],
    [
      'the throttle of the stage is above that of the account',
      { apiQuota: async () => ({ rate: 500, burst: 250 }) },
      {},
      'failure',
      /"rate": 500, "burst": 250/,
    ],
    [
      'the account is not bootstrapped',
      { bootstrapVersion: async () => undefined },
      {},
      'failure',
      /^Run npx cdk bootstrap aws:\/\/123456789012\/eu-west-1\.$/,
    ],
    [
      'the bootstrap stack is old',
      { bootstrapVersion: async () => 4 },
      {},
      'failure',
      /again, which updates it/,
    ],
    ['the bucket of assets is missing', { bucketExists: async () => false }, {}, 'failure', /CDKToolkit/],
    [
      'the region lacks the runtime',
      { unsupported: async () => 'enum value set' },
      {},
      'failure',
      /another region/,
    ],
    [
      'the first deployment failed',
      { stack: async () => ({ status: 'ROLLBACK_COMPLETE', reason: 'quota' }) },
      {},
      'failure',
      /^Delete the stack posthorn-prod-/,
    ],
    [
      'a function of the same name exists',
      { exists: async ({ name }) => name === 'posthorn-prod-deliver' },
      {},
      'failure',
      /renaming stages\/prod\.jsonc/,
    ],
    ['alarms have no topic', {}, { alarmTopicArn: undefined }, 'warning', /^Set "alarmEmail"/],
    ['the topic does not exist', { topic: async () => undefined }, {}, 'failure', /^Create it/],
    [
      'CloudWatch may not use the key of the topic',
      { topic: async () => ({ kmsKey: 'alias/aws/sns', subscriptions: 1, policy: DEFAULT_POLICY }) },
      {},
      'failure',
      /key of your own/,
    ],
    [
      'CloudWatch may not publish to the topic',
      { topic: async () => ({ kmsKey: undefined, subscriptions: 1, policy: '{"Statement":[]}' }) },
      {},
      'failure',
      /sns:Publish/,
    ],
    [
      'the topic has no subscription',
      { topic: async () => ({ kmsKey: undefined, subscriptions: 0, policy: DEFAULT_POLICY }) },
      {},
      'warning',
      /^Subscribe/,
    ],
    ['policies of CloudWatch Logs are used up', { logPolicies: async () => 10 }, {}, 'failure', /access log/],
    [
      'the account has no roles left',
      { roles: async () => ({ used: 995, quota: 1_000 }) },
      {},
      'failure',
      /roles/,
    ],
    [
      'the certificate of the portal is not issued',
      { certificate: async () => ({ status: 'PENDING_VALIDATION', names: ['hooks.example.com'] }) },
      {
        portal: {
          domain: { name: 'hooks.example.com', certificateArn: 'arn:aws:acm:us-east-1:1:certificate/x' },
        },
      },
      'failure',
      /DNS record/,
    ],
    [
      'the credentials are of another account',
      {},
      { account: '999999999999' },
      'failure',
      /^Use credentials/,
    ],
  ];

  it.each(cases)('says in a sentence what to do where %s', async (_, account, stage, status, todo) => {
    const findings = await run(account, stage);
    expect(new Set(bad(findings).map((one) => one.status))).toEqual(new Set([status]));
    for (const one of bad(findings)) expect(one.todo).toMatch(/^[A-Z].*\.$/);
    expect(bad(findings).some((one) => todo.test(one.todo))).toBe(true);
    expect(exitCodeOf(findings)).toBe(status === 'failure' ? 1 : 0);
  });

  it('accepts resources that belong to the stacks of the stage, which is deployed already', async () => {
    const names = planOf(stageOf(), ID, REGION).named.map(({ name }) => name);
    const findings = await run({
      stack: async () => ({ status: 'UPDATE_COMPLETE', reason: undefined }),
      resourcesOf: async () => new Set(names),
      exists: async () => true,
    });
    expect(bad(findings)).toEqual([]);
  });

  it('goes on where a permission is missing, names it, and exits with 2', async () => {
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    const findings = await run({ roles: () => Promise.reject(denied) });
    expect(bad(findings)).toMatchObject([{ status: 'unknown' }]);
    expect(bad(findings)[0]?.todo).toContain('Allow iam:GetAccountSummary');
    expect(exitCodeOf(findings)).toBe(2);
  });

  it('stops with a sentence where there are no credentials', async () => {
    await expect(run({ identity: () => Promise.reject(new Error('expired')) })).rejects.toThrow('Sign in');
  });

  it('accepts alarms that go to a mail address', async () => {
    const findings = await run({}, { alarmTopicArn: undefined, alarmEmail: 'on-call@example.com' });
    expect(bad(findings)).toEqual([]);
  });

  it('prints findings as JSON', async () => {
    const json = JSON.parse(jsonReport('prod', await run({ logPolicies: async () => 10 })));
    expect(json).toMatchObject({ stage: 'prod', exitCode: 1 });
    expect(json.findings).toContainEqual(
      expect.objectContaining({ status: 'failure', todo: expect.any(String) }),
    );
  });

  it('refuses a stage for emulators', () => {
    const stages = new URL('../../../stages/', import.meta.url);
    expect(() => stageToCheck('local', stages)).toThrow('is for emulators');
  });
});
