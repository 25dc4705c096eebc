import { describe, expect, it } from 'vitest';
import { REQUEST_TIMEOUT_SECONDS } from '../../functions/platform/limits/delivery.domain.ts';
import { ROW_RETENTION_DAYS } from '../../functions/platform/limits/retention.domain.ts';
import { contextOf, loadStage, parseStage } from '../../lib/config.ts';

const stages = new URL('../../stages/', import.meta.url);
const aws = (more: object) => JSON.stringify({ target: 'aws', keepState: false, ...more });

describe('the configuration of a stage', () => {
  it('is that of dev by default', () => {
    expect(loadStage({}, stages).name).toBe('dev');
  });

  it('has the default organization settings of the contract', () => {
    expect(parseStage('x', aws({})).settings).toMatchObject({
      retrySchedule: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
      requestTimeout: 30,
      allowedSubnets: [],
      stageSubnets: [],
    });
  });

  it('may override one setting and keeps the defaults of the others', () => {
    const { settings } = parseStage('x', aws({ settings: { requestTimeout: 10 } }));
    expect(settings).toMatchObject({ requestTimeout: 10, endpointDisableAfter: 432_000 });
  });

  it('may have a default for the look of the portal', () => {
    const portal = { displayName: 'Example Inc.', colorPaletteLight: { primary: '#3366ff' } };
    expect(parseStage('x', aws({ settings: { portal } })).settings.portal).toEqual(portal);
    expect(parseStage('x', aws({})).settings.portal).toBeNull();
  });

  it('makes links to the portal that work once only if it says so', () => {
    expect(parseStage('x', aws({})).portal.oneTimeLinks).toBe(false);
    expect(parseStage('x', aws({ portal: { oneTimeLinks: true } })).portal.oneTimeLinks).toBe(true);
  });

  it('keeps rows for the longest time by default, and for 30 days at least', () => {
    expect(parseStage('x', aws({})).settings.rowRetentionDays).toBe(ROW_RETENTION_DAYS);
    expect(parseStage('x', aws({ settings: { rowRetentionDays: 30 } })).settings.rowRetentionDays).toBe(30);
  });

  it('may allow loopback subnets on emulators only', () => {
    expect(loadStage({ stage: 'local' }, stages).settings.stageSubnets).toEqual(['127.0.0.0/8']);
    expect(() => parseStage('x', aws({ settings: { stageSubnets: ['127.0.0.1/32'] } }))).toThrow(
      'stages/x.jsonc: settings.stageSubnets must be empty on AWS: 127.0.0.1/32',
    );
  });

  it('may be deployed under another name on emulators only', () => {
    const renamed = loadStage({ stage: 'local', stageName: 'test-1' }, stages);
    expect([renamed.name, renamed.target]).toEqual(['test-1', 'emulator']);
    expect(() => loadStage({ stage: 'prod', stageName: 'test-1' }, stages)).toThrow(
      'stages/prod.jsonc: stage-name works on emulators only',
    );
    expect(() => loadStage({ stage: 'local', stageName: 'Test' }, stages)).toThrow(
      '"Test" is not a valid stage name',
    );
  });

  it('may have a faultsUrl on emulators only', () => {
    const faultsUrl = 'http://127.0.0.1:9/step';
    expect(loadStage({ stage: 'local', faultsUrl }, stages).faultsUrl).toBe(faultsUrl);
    expect(() => parseStage('x', aws({}), { faultsUrl })).toThrow(
      'faults-url and bench-dir work on emulators only',
    );
  });
});

describe('the ingest of a stage', () => {
  it('is by default one ingest pipeline for the default organization and the account of the stage', () => {
    expect(parseStage('x', aws({})).ingest).toEqual([
      {
        ...{ name: 'default', organization: 'org_23rb8YdGqMT0qIzpgGwdXfHirMu', maximumConcurrency: 10 },
        ...{ accounts: [], principals: [], rules: [], topics: [] },
      },
    ]);
  });

  it('may be left out, or have a pipeline for each organization', () => {
    expect(parseStage('x', aws({ ingest: [] })).ingest).toEqual([]);
    const ingest = [
      { name: 'orders-eu', organization: 'org_1', accounts: ['111122223333'] },
      { name: 'default', organization: 'org_2', awsOrganization: 'o-a1b2c3d4e5' },
    ];
    expect(parseStage('x', aws({ ingest })).ingest).toMatchObject(ingest);
  });
});

describe('an invalid configuration fails with a message:', () => {
  it.each([
    [{ ingest: [{ name: 'default', organization: 'acme' }] }, 'must be the id of an organization: org_...'],
    [{ ingest: [{ name: 'a-1', organization: 'org_1' }] }, 'ingest.0.name must be at most 20 characters'],
    [
      { ingest: [1, 2].map((n) => ({ name: 'orders', organization: `org_${n}` })) },
      'ingest must not have a name twice',
    ],
    [
      { ingest: [{ name: 'orders', organization: 'org_1', accounts: ['12'] }] },
      'ingest.0.accounts.0 must be the twelve digits of an AWS account',
    ],
    [
      { target: 'emulator', ingest: [{ name: 'orders', organization: 'org_1', accounts: ['111122223333'] }] },
      'ingest.0 must have no accounts, principals and awsOrganization on emulators',
    ],
    [{ api: { http: false, rest: false } }, 'api must enable http or rest'],
    [{ logRetentionDays: 8 }, 'logRetentionDays Invalid option'],
    [{ account: '12' }, 'account must be the twelve digits of an AWS account'],
    [{ colour: 'red' }, 'Unrecognized key: "colour"'],
    [
      { region: 'eu-west-1', alarmTopicArn: 'arn:aws:sns:us-east-1:111122223333:on-call' },
      "alarmTopicArn must be a topic in the stage's region eu-west-1",
    ],
    [{ alarmTopicArn: 'arn:aws:sqs:eu-west-1:111122223333:on-call' }, 'must be the ARN of an SNS topic'],
    [{ alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:on-call.fifo' }, 'that is not FIFO'],
    [{ settings: { portal: { displayName: 1 } } }, 'settings.portal.displayName Invalid input'],
    [
      {
        settings: {
          portal: {
            customStringsOverride: { channelsHelp: 'x'.repeat(300) },
            logoUrl: `https://x.test/${'x'.repeat(490)}`,
            customLogoUrl: `https://x.test/${'x'.repeat(490)}`,
            customFontFamily: 'x'.repeat(100),
          },
        },
      },
      'settings must have at most 1500 bytes as JSON',
    ],
    [{ settings: { requestTimeout: REQUEST_TIMEOUT_SECONDS.most + 1 } }, 'settings.requestTimeout Too big'],
    [{ settings: { rowRetentionDays: 29 } }, 'settings.rowRetentionDays Too small'],
    [{ settings: { rowRetentionDays: ROW_RETENTION_DAYS + 1 } }, 'settings.rowRetentionDays Too big'],
    [
      { settings: { rowRetentionDays: 30, retrySchedule: Array<number>(3).fill(10 * 86_400) } },
      'settings.retrySchedule Retries may take at most 28 days in all, jitter and Retry-After included: rows are kept for 30 days',
    ],
    [{ delivery: { maximumConcurrency: 1, timeoutSeconds: 60 } }, 'delivery.maximumConcurrency Too small'],
  ])('options %j', (wrong, message) => {
    expect(() => parseStage('x', aws(wrong))).toThrow(message);
  });

  it('for an unknown stage it lists the known ones', () => {
    expect(() => loadStage({ stage: 'nowhere' }, stages)).toThrow('use -c stage=<dev|local|prod>');
  });

  it('a stage name that AWS does not allow is refused at synth', () => {
    expect(() => loadStage({ stage: '../prod' }, stages)).toThrow('"../prod" is not a valid stage name');
  });

  it('a stage file that cannot be parsed is reported with file and offset', () => {
    expect(() => parseStage('x', '{ "target": ')).toThrow('stages/x.jsonc, offset 12');
  });

  it('a value of the CDK context that is not one of the known texts is refused', () => {
    const parse = (context: Record<string, unknown>) => contextOf((name) => context[name]);
    expect(parse({ stage: 'local', 'rest-only': 'true' })).toMatchObject({ stage: 'local', restOnly: true });
    expect(() => parse({ 'rest-only': 'maybe' })).toThrow('restOnly');
  });
});
