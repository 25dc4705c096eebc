import { commandFailure } from '../local/command-failure.ts';
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

const stopping = (): (() => boolean) => {
  let stopped = false;
  process.once('SIGINT', () => {
    stopped = true;
    process.once('SIGINT', () => process.exit(130));
  });
  return () => stopped;
};

const main = async (): Promise<number> => {
  try {
    const { stage, views, segments } = parseRebuildOptions(process.argv.slice(2));
    const { client, tables } = await tablesOf(stage);
    const out = (line: string) => void process.stdout.write(`${line}\n`);
    const report = makeReport(out, () => Date.now(), LINE_EVERY_MS);
    const rebuild = makeRebuild({
      ...wireRebuild(client, tables),
      stopped: stopping(),
      onPage: (pass, _, page) => report.page(pass, page),
    });
    const finished = await rebuild(views, segments, (job) => report.opened(job));
    report.ended(finished);
    return finished ? 0 : 130;
  } catch (error) {
    return commandFailure(error);
  }
};

process.exit(await main());
