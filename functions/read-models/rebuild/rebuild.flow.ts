import type { Segment } from '../../platform/dynamodb/segment-scan.ts';
import { PASSES } from './rebuild.port.ts';
import type { Pass, RebuildJob, RebuildProgress, SegmentProgress, ViewName } from './rebuild.port.ts';
import { makeRebuildRows } from './rebuild-rows.flow.ts';
import type { Repaired, RebuildRowsDeps } from './rebuild-rows.flow.ts';
import { settleAll } from '../../platform/settle.domain.ts';

export interface RebuildReport extends Repaired {
  readonly read: number;
  /** Rows of the log that this release cannot read. */
  readonly unreadable: number;
}

export interface RebuildDeps extends RebuildRowsDeps {
  readonly progress: RebuildProgress;
  /** Told after each page: what that page came to. */
  readonly onPage: (pass: Pass, segment: Segment, page: RebuildReport) => void;
  /** Asked between pages; true: stop here, and go on from here another time. */
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
 * Makes read models anew from the log, in parallel segments, while traffic flows. Each page is safe to repeat, and
 * where a segment stands is saved after it, so a rebuild may be interrupted anywhere and run again.
 */
export const makeRebuild = (deps: RebuildDeps) => {
  const { log, views, progress, now, step } = deps;
  const rows = makeRebuildRows(deps);

  const rebuildPage = (pass: Pass, wanted: readonly ViewName[]): RebuildPage => {
    switch (pass) {
      case 'views':
        return async (segment, after) => {
          const { items, next } = await views.scan(segment, after);
          const repaired = await rows.ofViews(items.filter(({ view }) => wanted.includes(view)));
          return { next, report: { ...repaired, read: items.length, unreadable: 0 } };
        };
      case 'log':
        return async (segment, after) => {
          const { items, next } = await log.scan(segment, after);
          const attempts = items.filter((item) => item !== undefined);
          const repaired = await rows.ofLog(attempts, wanted);
          return {
            next,
            report: { ...repaired, read: items.length, unreadable: items.length - attempts.length },
          };
        };
    }
  };

  const runSegment = async (job: RebuildJob, pass: Pass, segment: Segment): Promise<void> => {
    const trigger = rebuildPage(pass, job.views);
    let at: SegmentProgress = await progress.load(job, pass, segment);
    while (!at.done && !deps.stopped()) {
      const { report, next } = await trigger(segment, at.after);
      await step('rebuild.page-done');
      at = { after: next, done: next === undefined };
      await progress.save(job, pass, segment, at, now());
      deps.onPage(pass, segment, report);
    }
  };

  /** False: it was stopped, and another run goes on from there. */
  return async (wanted: readonly ViewName[], segments: number, onOpen: (job: RebuildJob) => void) => {
    const job = await progress.open(wanted, segments, now());
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
