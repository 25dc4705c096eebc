import { describe, expect, it } from 'vitest';
import { contextOf, loadStage, parseStage } from '../../lib/config.ts';

const stages = new URL('../../stages/', import.meta.url);
const aws = (more: object) => JSON.stringify({ target: 'aws', keepState: false, ...more });

describe('a stage', () => {
  it('is dev when nobody says', () => {
    expect(loadStage({}, stages).name).toBe('dev');
  });

  it('gets the defaults of the contract for its organizations', () => {
    expect(parseStage('x', aws({})).settings).toMatchObject({
      retrySchedule: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
      requestTimeout: 30,
      allowedSubnets: [],
      stageSubnets: [],
    });
  });

  it('may change one setting and keeps the others', () => {
    const { settings } = parseStage('x', aws({ settings: { requestTimeout: 10 } }));
    expect(settings).toMatchObject({ requestTimeout: 10, endpointDisableAfter: 432_000 });
  });

  it('opens loopback on the emulator alone', () => {
    expect(loadStage({ stage: 'local' }, stages).settings.stageSubnets).toEqual(['127.0.0.1/32']);
    expect(() => parseStage('x', aws({ settings: { stageSubnets: ['127.0.0.1/32'] } }))).toThrow(
      'stages/x.jsonc: settings.stageSubnets must be empty on AWS: 127.0.0.1/32',
    );
  });

  it('takes faults on the emulator alone', () => {
    const faultsUrl = 'http://127.0.0.1:9/step';
    expect(loadStage({ stage: 'local', faultsUrl }, stages).faultsUrl).toBe(faultsUrl);
    expect(() => parseStage('x', aws({}), { faultsUrl })).toThrow('faults-url works on emulators only');
  });
});

describe('a mistake is told in plain words', () => {
  it.each([
    [{ api: { http: false, rest: false } }, 'api must enable http or rest'],
    [{ logRetentionDays: 8 }, 'logRetentionDays Invalid option'],
    [{ account: '12' }, 'account must be the twelve digits of an AWS account'],
    [{ colour: 'red' }, 'Unrecognized key: "colour"'],
    [
      { region: 'eu-west-1', alarmTopicArn: 'arn:aws:sns:us-east-1:111122223333:on-call' },
      "alarmTopicArn must be a topic in the stage's region eu-west-1",
    ],
    [{ settings: { requestTimeout: 31 } }, 'settings.requestTimeout Too big'],
    [{ delivery: { maximumConcurrency: 1, timeoutSeconds: 60 } }, 'delivery.maximumConcurrency Too small'],
  ])('%j', (wrong, words) => {
    expect(() => parseStage('x', aws(wrong))).toThrow(words);
  });

  it('an unknown stage names the known ones', () => {
    expect(() => loadStage({ stage: 'nowhere' }, stages)).toThrow('use -c stage=<dev|local|prod>');
  });

  it('a name that AWS would not take is refused before anything is made', () => {
    expect(() => loadStage({ stage: '../prod' }, stages)).toThrow('"../prod" is not a valid stage name');
  });

  it('a broken file says where', () => {
    expect(() => parseStage('x', '{ "target": ')).toThrow('stages/x.jsonc, offset 12');
  });

  it('context is text of known words', () => {
    const said = (words: Record<string, unknown>) => contextOf((name) => words[name]);
    expect(said({ stage: 'local', 'rest-only': 'true' })).toMatchObject({ stage: 'local', restOnly: true });
    expect(() => said({ 'rest-only': 'maybe' })).toThrow('restOnly');
  });
});
