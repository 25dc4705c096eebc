import { CommanderError } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { makeReport } from '../../../scripts/rebuild/report.ts';
import { parseRebuildOptions } from '../../../scripts/rebuild/options.ts';

describe('npm run rebuild', () => {
  it('rebuilds all views in four segments by default', () => {
    expect(parseRebuildOptions(['--stage', 'local'])).toEqual({
      stage: 'local',
      views: ['endpoint-attempts', 'endpoint-messages', 'endpoint-hours'],
      segments: 4,
    });
    const some = ['--stage', 'prod', '--view', 'endpoint-messages', '--segments', '16'];
    expect(parseRebuildOptions(some)).toEqual({ stage: 'prod', views: ['endpoint-messages'], segments: 16 });
  });

  it.each([[[]], [['--stage', 'local', '--view', 'x']], [['--stage', 'local', '--segments', '0']]])(
    'refuses the arguments %j',
    (args) => {
      const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      expect(() => parseRebuildOptions(args)).toThrow(CommanderError);
      expect(stderr).toHaveBeenCalled();
      stderr.mockRestore();
    },
  );

  it('reports what it resumes, and how to resume after it was stopped', () => {
    const lines: string[] = [];
    const report = makeReport(
      (line) => lines.push(line),
      () => 0,
      3_000,
    );
    report.opened({ views: ['endpoint-messages'], segments: 2, startedAt: 0, resumed: true });
    report.page('log', { read: 200, written: 3, removed: 1, unreadable: 0 });
    report.page('log', { read: 50, written: 0, removed: 0, unreadable: 1 });
    report.ended(false);
    expect(lines).toEqual([
      'Resuming the rebuild of endpoint-messages started at 1970-01-01T00:00:00.000Z, in 2 segments.',
      '  add missing rows from the log: 250 rows read, 3 written, 1 removed, 1 log rows skipped (format unknown to this release)',
      'Stopped. Run the same command again to resume.',
    ]);
  });
});
