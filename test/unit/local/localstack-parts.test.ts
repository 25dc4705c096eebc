import { describe, expect, it, vi } from 'vitest';
import { parseParts } from '../../../scripts/tiers/localstack-options.ts';
import { localStackTiers } from '../../../scripts/tiers/tiers.ts';

describe('npm run test:localstack', () => {
  it('runs the end-to-end tests in three parts by default, each of which needs an instance of its own', () => {
    expect(parseParts([], undefined)).toEqual([1, 2, 3].map((part) => ({ part, of: 3 })));
    expect(parseParts(['--shards', '1'], undefined)).toEqual([{ part: 1, of: 1 }]);
  });

  it('runs one part of a matrix', () => {
    expect(parseParts(['--shard', '2/3'], 'http://127.0.0.1:4566')).toEqual([{ part: 2, of: 3 }]);
  });

  it('refuses to run several parts on one given instance', () => {
    expect(() => parseParts([], 'http://127.0.0.1:4566')).toThrow('one instance');
    expect(parseParts(['--shards', '1'], 'http://127.0.0.1:4566')).toHaveLength(1);
  });

  it.each(['0/3', '4/3', '1', 'x/y', '1/21'])('refuses the part %s', (part) => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => parseParts(['--shard', part], undefined)).toThrow();
    stderr.mockRestore();
  });

  it('runs all contract tests once, and each end-to-end test in one part', () => {
    const all = [1, 2, 3].flatMap((part) => localStackTiers({ part, of: 3 }));
    expect(all.map(({ name }) => name)).toEqual(['contract', 'e2e-1-of-3', 'e2e-2-of-3', 'e2e-3-of-3']);
    expect(all.map(({ args }) => args.at(-1))).toEqual([
      'contract',
      '--shard=1/3',
      '--shard=2/3',
      '--shard=3/3',
    ]);
  });
});
