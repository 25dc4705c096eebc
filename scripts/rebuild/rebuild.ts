import { wireRebuild } from '../../functions/read-models/rebuild/rebuild.wiring.ts';
import { makeRebuild } from '../../functions/read-models/rebuild/rebuild.flow.ts';
import { ROW_RETENTION_DAYS } from '../../functions/platform/limits/retention.domain.ts';
import { connect } from '../dlq/stage.ts';
import { runCommand } from '../local/run-command.ts';
import { parseRebuildOptions } from './options.ts';
import { makeReport } from './report.ts';

/**
 * `npm run rebuild`: rebuilds read models from the log of attempts. Ctrl-C stops it after the current pages, a second
 * Ctrl-C at once. In both cases, and after a crash, the same command resumes the rebuild.
 */
const LINE_EVERY_MS = 3_000;

await runCommand(async ({ args, say, now, stopped }) => {
  const { stage, views, segments } = parseRebuildOptions(args);
  const { dynamo, get, find } = await connect(stage);
  const report = makeReport(say, now, LINE_EVERY_MS);
  const rebuild = makeRebuild({
    ...wireRebuild(dynamo, {
      deliveries: get('DeliveriesTableName'),
      views: get('ViewsTableName'),
      control: get('ControlTableName'),
      rowRetentionDays: Number(find('RowRetentionDays') ?? ROW_RETENTION_DAYS),
    }),
    stopped,
    onPage: (pass, _, page) => report.page(pass, page),
  });
  report.ended(await rebuild(views, segments, (job) => report.opened(job)));
});
process.exit();
