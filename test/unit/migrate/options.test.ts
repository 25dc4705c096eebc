import { expect, it, vi } from 'vitest';
import { parseMigrateOptions } from '../../../scripts/migrate/options.ts';

it('npm run migrate: reads the source, and by default changes nothing that exists at the target', () => {
  expect(parseMigrateOptions(['--from', 'https://api.eu.svix.com/api/v1/'])).toEqual({
    from: 'https://api.eu.svix.com',
    dryRun: false,
    update: false,
    fresh: false,
    rate: 10,
  });
});

it.each([
  [[]],
  [['--from', 'api.eu.svix.com']],
  [['--from', 'https://user:secret@api.eu.svix.com']],
  [['--from', 'https://api.eu.svix.com', '--rate', '0']],
  [['--from', 'https://api.eu.svix.com', '--token', 'sk_1']],
])('npm run migrate: refuses the arguments %j', (args) => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(() => parseMigrateOptions(args)).toThrow();
  stderr.mockRestore();
});
