import { writeFile } from 'node:fs/promises';
import { readLocalFile } from '../local/local-file.ts';
import { Problem } from '../local/problem.ts';
import { runCommand } from '../local/run-command.ts';
import { makeApiClient, realRuntime } from './api-client.ts';
import { NO_JOURNAL, journalFile, openJournal } from './journal.ts';
import { migrate } from './migrate.ts';
import { FROM_TOKEN, TO_TOKEN, parseMigrateOptions } from './options.ts';
import type { MigrateOptions } from './options.ts';
import { describeReport, makeReport } from './report.ts';

const tokenIn = (name: string): string => {
  const token = process.env[name];
  if (token !== undefined && token !== '') return token;
  throw new Problem(
    `Set ${name} to a token of the organization. Arguments are visible to other users, so it is a variable.`,
  );
};

interface Server {
  readonly serverUrl: string;
  readonly token: string;
}

const targetOf = async ({ to }: MigrateOptions): Promise<Server> => {
  if (to !== undefined) return { serverUrl: to, token: tokenIn(TO_TOKEN) };
  const { serverUrl, token } = await readLocalFile();
  return { serverUrl, token: process.env[TO_TOKEN] ?? token };
};

/** `npm run migrate`: exit code 1 if an object failed, 130 if it was stopped. */
await runCommand(async ({ args, signal, say }) => {
  const options = parseMigrateOptions(args);
  const from = { serverUrl: options.from, token: tokenIn(FROM_TOKEN) };
  const to = await targetOf(options);
  if (from.serverUrl === to.serverUrl && from.token === to.token)
    throw new Problem('The source and the target are the same organization.');
  const shared = { rate: options.rate, signal, runtime: realRuntime };
  const { dryRun, update, app } = options;
  const file = journalFile([from.serverUrl, from.token, to.serverUrl, to.token, app ?? '', String(update)]);
  const report = makeReport(dryRun);
  const reportFile = options.report ?? file.replace(/\.jsonl$/, '.report.json');
  try {
    await migrate({
      ...{ dryRun, update, app, report, say },
      source: makeApiClient({ side: 'source', ...from, ...shared }),
      target: makeApiClient({ side: 'target', ...to, ...shared }),
      journal: dryRun ? NO_JOURNAL : await openJournal(file, options.fresh),
    });
  } finally {
    const found = report.read();
    await writeFile(reportFile, `${JSON.stringify(found, null, 2)}\n`, { mode: 0o600 });
    say(`${dryRun ? 'Dry run, nothing was changed' : 'Migration'} (report: ${reportFile})`);
    say(describeReport(found));
  }
  return report.failed() > 0 ? 1 : 0;
});
