import type { Segment } from '../../platform/dynamodb/segment-scan.ts';
import { PASSES } from './rebuild.port.ts';
import type { Pass, RebuildJob, RebuildProgress, SegmentProgress, ViewName } from './rebuild.port.ts';
import { makeRebuildRows } from './rebuild-rows.flow.ts';
import type { Repaired, RebuildRowsDeps } from './rebuild-rows.flow.ts';
import { settleAll } from '../../platform/settle.domain.ts';

export interface RebuildReport extends Repaired {
  readonly read: number;
  /** Log rows that this release cannot parse. */
  readonly unreadable: number;
}

export interface RebuildDeps extends RebuildRowsDeps {
  readonly progress: RebuildProgress;
  /** Called after each page with its report. */
  readonly onPage: (pass: Pass, segment: Segment, page: RebuildReport) => void;
  /** Checked between pages; true: stop, so that a later run resumes here. */
  readonly stopped: () => boolean;
}

type RebuildPage = (
  segment: Segment,
  after: string | undefined,
) => Promise<{
  readonly report: RebuildReport;
  readonly next: string | undefined;
}>;

/**
 * Rebuilds read models from the log in parallel segments while traffic flows. Each page is idempotent and the progress
 * of its segment is saved after it, so a rebuild may be interrupted anywhere and run again.
 */
export const makeRebuild = (deps: RebuildDeps) => {
  const { log, views, progress, now, step } = deps;
  const rows = makeRebuildRows(deps);

  const rebuildPage = (pass: Pass, selected: readonly ViewName[]): RebuildPage => {
    switch (pass) {
      case 'views':
        return async (segment, after) => {
          const { items, next } = await views.scan(segment, after);
          const repaired = await rows.ofViews(items.filter(({ view }) => selected.includes(view)));
          return { next, report: { ...repaired, read: items.length, unreadable: 0 } };
        };
      case 'log':
        return async (segment, after) => {
          const { items, next } = await log.scan(segment, after);
          const attempts = items.filter((item) => item !== undefined);
          const repaired = await rows.ofLog(attempts, selected);
          return {
            next,
            report: { ...repaired, read: items.length, unreadable: items.length - attempts.length },
          };
        };
    }
  };

  const runSegment = async (job: RebuildJob, pass: Pass, segment: Segment): Promise<void> => {
    const runPage = rebuildPage(pass, job.views);
    let at: SegmentProgress = await progress.load(job, pass, segment);
    while (!at.done && !deps.stopped()) {
      const { report, next } = await runPage(segment, at.after);
      await step('rebuild.page-done');
      at = { after: next, done: next === undefined };
      await progress.save(job, pass, segment, at, now());
      deps.onPage(pass, segment, report);
    }
  };

  /** true: complete; false: stopped, and a later run resumes it. */
  return async (selected: readonly ViewName[], segments: number, onOpen: (job: RebuildJob) => void) => {
    const job = await progress.open(selected, segments, now());
    onOpen(job);
    const numbers = Array.from({ length: job.segments }, (_, number) => number);
    for (const pass of PASSES) {
      await settleAll(numbers.map((number) => runSegment(job, pass, { number, of: job.segments })));
      if (deps.stopped()) return false;
    }
    await progress.close(job);
    return true;
  };
};
