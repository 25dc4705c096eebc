import type { RebuildReport } from '../../functions/read-models/rebuild/rebuild.flow.ts';
import type { Pass, RebuildJob } from '../../functions/read-models/rebuild/rebuild.port.ts';

const PASS_NAMES: Readonly<Record<Pass, string>> = {
  views: 'compare rows with the log',
  log: 'add missing rows from the log',
};

const counts = ({ read, written, removed, unreadable }: RebuildReport): string =>
  `${read} rows read, ${written} written, ${removed} removed` +
  (unreadable === 0 ? '' : `, ${unreadable} log rows skipped (format unknown to this release)`);

/** Prints the progress of a rebuild: totals of a pass at most once every `everyMs`. */
export const makeReport = (out: (line: string) => void, now: () => number, everyMs: number) => {
  const totals = new Map<Pass, RebuildReport>();
  let last = now();
  const line = (pass: Pass) => {
    const total = totals.get(pass);
    if (total !== undefined) out(`  ${PASS_NAMES[pass]}: ${counts(total)}`);
    last = now();
  };
  return {
    opened: ({ views, segments, startedAt, resumed }: RebuildJob) => {
      const started = new Date(startedAt).toISOString();
      out(
        resumed
          ? `Resuming the rebuild of ${views.join(', ')} started at ${started}, in ${segments} segments.`
          : `Rebuilding ${views.join(', ')} in ${segments} segments.`,
      );
    },
    page: (pass: Pass, page: RebuildReport) => {
      const total = totals.get(pass) ?? { read: 0, written: 0, removed: 0, unreadable: 0 };
      totals.set(pass, {
        read: total.read + page.read,
        written: total.written + page.written,
        removed: total.removed + page.removed,
        unreadable: total.unreadable + page.unreadable,
      });
      if (now() - last >= everyMs) line(pass);
    },
    ended: (finished: boolean) => {
      for (const pass of totals.keys()) line(pass);
      out(finished ? 'Done.' : 'Stopped. Run the same command again to resume.');
    },
  };
};
