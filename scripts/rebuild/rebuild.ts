import { runCommand } from '../local/run-command.ts';
import { wireRebuild } from '../../functions/read-models/rebuild/rebuild.wiring.ts';
import { makeRebuild } from '../../functions/read-models/rebuild/rebuild.flow.ts';
import { parseRebuildOptions } from './options.ts';
import { makeReport } from './report.ts';
import { tablesOf } from './tables.ts';

/**
 * `npm run rebuild`: rebuilds read models from the log of attempts. Ctrl-C stops it after the current pages, a second
 * Ctrl-C at once. In both cases, and after a crash, the same command resumes the rebuild.
 */
const LINE_EVERY_MS = 3_000;

await runCommand(async ({ args, say, now, stopped }) => {
  const { stage, views, segments } = parseRebuildOptions(args);
  const { client, tables } = await tablesOf(stage);
  const report = makeReport(say, now, LINE_EVERY_MS);
  const rebuild = makeRebuild({
    ...wireRebuild(client, tables),
    stopped,
    onPage: (pass, _, page) => report.page(pass, page),
  });
  report.ended(await rebuild(views, segments, (job) => report.opened(job)));
});
process.exit();
