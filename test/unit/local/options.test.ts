import { describe, expect, it, vi } from 'vitest';
import { parseStartOptions, parseTokenOptions } from '../../../scripts/local/options.ts';

const quietly = (run: () => unknown): unknown => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    return run();
  } finally {
    stderr.mockRestore();
  }
};

describe('the arguments of npm start', () => {
  it('default to the port that Svix users know', () => {
    expect(parseStartOptions([])).toEqual({ port: 8071 });
  });

  it('take another port', () => {
    expect(parseStartOptions(['--port', '9000'])).toEqual({ port: 9000 });
  });

  it.each([['--port', '0'], ['--port', '65536'], ['--port', '80a'], ['--port'], ['--prot', '80'], ['extra']])(
    'refuse %s %s',
    (...args) => expect(() => quietly(() => parseStartOptions(args))).toThrow(),
  );
});

describe('the arguments of npm run token', () => {
  it('default to the default organization of the local stack', () => {
    expect(parseTokenOptions([], 'org_default')).toEqual({
      org: 'org_default',
      stage: 'local',
      management: false,
    });
  });

  it('take organization, application and stage', () => {
    const options = parseTokenOptions(['--org', 'org_1', '--app', 'app_1', '--stage', 'prod'], 'org_default');
    expect(options).toEqual({ org: 'org_1', app: 'app_1', stage: 'prod', management: false });
  });

  it.each([
    ['--org', 'acme'],
    ['--app', 'ep_1'],
  ])('refuse %s %s', (...args) => expect(() => quietly(() => parseTokenOptions(args, 'org_1'))).toThrow());
});
