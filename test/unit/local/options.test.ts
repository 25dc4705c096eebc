import { describe, expect, it, vi } from 'vitest';
import { parseRevokeOptions, parseStartOptions, parseTokenOptions } from '../../../scripts/local/options.ts';

const withoutStderr = (run: () => unknown): unknown => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    return run();
  } finally {
    stderr.mockRestore();
  }
};

describe('npm start options', () => {
  it('use port 8071 by default, like the Svix server', () => {
    expect(parseStartOptions([])).toEqual({ port: 8071, detach: false });
  });

  it('accept another port', () => {
    expect(parseStartOptions(['--port', '9000'])).toEqual({ port: 9000, detach: false });
  });

  it('accept that the stack runs on after the command', () => {
    expect(parseStartOptions(['--detach'])).toEqual({ port: 8071, detach: true });
  });

  it.each([['--port', '0'], ['--port', '65536'], ['--port', '80a'], ['--port'], ['--prot', '80'], ['extra']])(
    'refuse %s %s',
    (...args) => expect(() => withoutStderr(() => parseStartOptions(args))).toThrow(),
  );
});

describe('npm run token options', () => {
  it('use the default organization of the local stack', () => {
    expect(parseTokenOptions([], 'org_default')).toEqual({
      org: 'org_default',
      stage: 'local',
      management: false,
    });
  });

  it('accept organization, application and stage', () => {
    const options = parseTokenOptions(['--org', 'org_1', '--app', 'app_1', '--stage', 'prod'], 'org_default');
    expect(options).toEqual({ org: 'org_1', app: 'app_1', stage: 'prod', management: false });
  });

  it.each([
    ['90d', 90 * 86_400],
    ['12h', 43_200],
    ['60s', 60],
  ])('accept the lifetime %s', (text, expires) => {
    expect(parseTokenOptions(['--expires', text], 'org_1')).toMatchObject({ expires });
  });

  it.each([
    ['--org', 'acme'],
    ['--app', 'ep_1'],
    ['--expires', '59s'],
    ['--expires', '3651d'],
    ['--expires', '90'],
  ])('refuse %s %s', (...args) =>
    expect(() => withoutStderr(() => parseTokenOptions(args, 'org_1'))).toThrow(),
  );
});

describe('npm run token -- revoke options', () => {
  it('name one token, those before an instant, or all', () => {
    const parse = (...args: string[]) => parseRevokeOptions(args, 'org_1');
    expect(parse('--token-id', 'tok_1')).toMatchObject({ org: 'org_1', stage: 'local', tokenId: 'tok_1' });
    expect(parse('--issued-before', '2026-11-30T12:00:00Z', '--stage', 'prod')).toMatchObject({
      issuedBefore: new Date('2026-11-30T12:00:00Z'),
      stage: 'prod',
    });
    expect(parse('--all').all).toBe(true);
  });

  it.each([[[]], [['--all', '--token-id', 'tok_1']], [['--issued-before', 'yesterday']]])(
    'refuse %j',
    (args) => expect(() => withoutStderr(() => parseRevokeOptions(args, 'org_1'))).toThrow(),
  );
});
