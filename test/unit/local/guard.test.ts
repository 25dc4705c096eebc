import { describe, expect, it } from 'vitest';
import {
  childEnvironment,
  forgetAwsSettings,
  checkEndpoint,
  parseHosts,
  resolveEmulator,
} from '../../../scripts/local/deploy/guard.ts';

const allowed = (endpoint: string, listed: string[] = []) =>
  checkEndpoint(endpoint, listed).kind === 'allowed';

describe('deployment guard', () => {
  it.each([
    'http://127.0.0.1:4566',
    'http://localhost:4566/',
    'http://[::1]:4566',
    'https://127.8.9.10',
    'http://127.1:1',
    'http://localstack:4566',
    'http://localhost.localstack.cloud:4566',
    'https://us-east-1.localhost.localstack.cloud:4566',
  ])('allows the loopback endpoint %s', (endpoint) => expect(allowed(endpoint)).toBe(true));

  it.each([
    'https://dynamodb.us-east-1.amazonaws.com',
    'https://sts.us-east-1.api.aws',
    'http://10.0.0.8:4566',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://localhost.localstack.cloud.example.com',
    'http://localstack.amazonaws.com',
    'http://emulator:4566',
    'http://[::ffff:127.0.0.1]:4566',
    'http://test:test@127.0.0.1:4566',
    'http://127.0.0.1:4566/path',
    'ftp://127.0.0.1',
    '127.0.0.1:4566',
    '',
  ])('refuses the endpoint %s', (endpoint) => expect(allowed(endpoint)).toBe(false));

  it('allows a host that the user listed, with or without its port, and no other', () => {
    const listed = [...parseHosts(' cloud, emulator:4566 ')];
    expect(allowed('http://cloud:4566', listed)).toBe(true);
    expect(allowed('http://emulator:4566', listed)).toBe(true);
    expect(allowed('http://emulator:4567', listed)).toBe(false);
  });

  it('refuses AWS endpoints even when they are listed', () => {
    expect(allowed('https://sqs.us-east-1.amazonaws.com', ['sqs.us-east-1.amazonaws.com'])).toBe(false);
  });

  const resolved = (endpoint: string, addresses: readonly string[], listed: string[] = []) =>
    resolveEmulator(endpoint, listed, () => Promise.resolve(addresses));

  it.each([
    ['http://127.0.0.1:4566', [], 'http://127.0.0.1:4566'],
    ['http://[::1]:4566', [], 'http://[::1]:4566'],
    ['http://localstack:4566', ['172.18.0.2'], 'http://172.18.0.2:4566'],
    ['http://localstack:4566', ['fd00::2', '172.18.0.2'], 'http://172.18.0.2:4566'],
    ['http://localstack:4566', ['fd00::2'], 'http://[fd00::2]:4566'],
    ['https://localhost.localstack.cloud:4566', ['127.0.0.1'], 'http://127.0.0.1:4566'],
    ['https://localhost.localstack.cloud', ['127.0.0.1'], 'http://127.0.0.1:443'],
    ['http://localhost.localstack.cloud', ['127.0.0.1'], 'http://127.0.0.1'],
  ])(
    'replaces the name in %s by its address of %j, so that S3 clients use path style',
    async (url, to, origin) => {
      expect(await resolved(url, to)).toBe(origin);
    },
  );

  it('replaces a listed name by its address, also a public one, but keeps names with certificates of their own', async () => {
    expect(await resolved('http://emulator:4566', ['203.0.113.5'], ['emulator'])).toBe(
      'http://203.0.113.5:4566',
    );
    expect(await resolved('https://emulator:4566', ['203.0.113.5'], ['emulator'])).toBe(
      'https://emulator:4566',
    );
  });

  it('refuses names of AWS, names that are not listed, and a name of LocalStack that points into the internet', async () => {
    await expect(resolved('http://sqs.us-east-1.amazonaws.com', ['10.0.0.1'])).rejects.toThrow(
      'belongs to AWS',
    );
    await expect(resolved('http://emulator:4566', ['10.0.0.1'])).rejects.toThrow('nor listed in');
    await expect(resolved('http://localstack:4566', ['203.0.113.5'])).rejects.toThrow('203.0.113.5');
  });

  it('explains a name that cannot be resolved', async () => {
    const failing = resolveEmulator('http://localstack:4566', [], () =>
      Promise.reject(new Error('ENOTFOUND')),
    );
    await expect(failing).rejects.toThrow('cannot resolve the name localstack');
    await expect(resolved('http://localstack:4566', [])).rejects.toThrow('has no address');
  });

  it('resolves localhost to the loopback address', () => {
    expect(checkEndpoint('http://localhost:4566/', [])).toEqual({
      kind: 'allowed',
      url: 'http://127.0.0.1:4566',
    });
  });

  it('gives child processes an environment without the caller’s AWS settings', () => {
    process.env['AWS_PROFILE'] = 'production';
    const environment = childEnvironment({
      endpointUrl: 'http://127.0.0.1:1',
      homeDir: '/h',
      tempDir: '/t',
      path: '/p',
    });
    delete process.env['AWS_PROFILE'];
    expect(environment).toMatchObject({
      HOME: '/h',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_CONFIG_FILE: '/dev/null',
    });
    expect(environment).not.toHaveProperty('AWS_PROFILE');
    expect(environment).not.toHaveProperty('AWS_SESSION_TOKEN');
  });

  it('removes the AWS settings from its own process', () => {
    const environment: NodeJS.ProcessEnv = {
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'x',
      PATH: '/bin',
    };
    forgetAwsSettings(environment);
    expect(environment).toEqual({
      PATH: '/bin',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });
});
