import { describe, expect, it, vi } from 'vitest';
import { parseStartOptions, parseTokenOptions } from '../../../scripts/local/options.ts';

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
    expect(parseStartOptions([])).toEqual({ port: 8071 });
  });

  it('accept another port', () => {
    expect(parseStartOptions(['--port', '9000'])).toEqual({ port: 9000 });
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
    ['--org', 'acme'],
    ['--app', 'ep_1'],
  ])('refuse %s %s', (...args) =>
    expect(() => withoutStderr(() => parseTokenOptions(args, 'org_1'))).toThrow(),
  );
});
