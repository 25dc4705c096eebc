import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { readLocalFile } from '../local/local-file.ts';
import { projectDir } from '../local/paths.ts';
import { Problem } from '../local/problem.ts';
import { runProgram } from '../local/run-command.ts';
import { findBrowser, launchBrowser } from './browser.ts';
import { makeDemo } from './demo.ts';
import { timingsOf } from './large-data.ts';

/**
 * `npm run portal:audit`: Lighthouse and timings with large data, on the stack of `npm start`. Times depend on the machine
 * and on what else runs on it, so nothing here is asserted in `npm test`; the report is docs/portal-audit.md.
 */
const LIGHTHOUSE = 'lighthouse@13.5.0';
const FLAGS = '--headless=new --no-sandbox --disable-dev-shm-usage';

const audit = z.object({ numericValue: z.number() });
const report = z.object({
  lighthouseVersion: z.string(),
  categories: z.record(z.string(), z.object({ score: z.number().nullable() })),
  audits: z.object({
    'first-contentful-paint': audit,
    'largest-contentful-paint': audit,
    'total-blocking-time': audit,
    'cumulative-layout-shift': audit,
    'total-byte-weight': audit,
  }),
});

/** Lighthouse is 60 MB with its packages, and needed here alone: npm fetches this version when it is asked for. */
const lighthouse = async (url: string, browser: string, preset: readonly string[]) => {
  const options = ['--quiet', '--output=json', '--output-path=stdout', `--chrome-flags=${FLAGS}`, ...preset];
  const { stdout } = await promisify(execFile)(
    'npm',
    ['exec', '--yes', `--package=${LIGHTHOUSE}`, '--', 'lighthouse', url, ...options],
    { env: { ...process.env, CHROME_PATH: browser }, maxBuffer: 64 * 1024 * 1024 },
  );
  return report.parse(JSON.parse(stdout));
};

const percent = (score: number | null | undefined) => (score == null ? '-' : String(Math.round(score * 100)));
const ms = ({ numericValue }: z.infer<typeof audit>) => `${Math.round(numericValue)} ms`;

const PRESETS: Readonly<Record<string, readonly string[]>> = {
  'phone, slow 4G': [],
  desktop: ['--preset=desktop'],
};

const rowOf = (name: string, { categories, audits }: z.infer<typeof report>): string =>
  [
    ...['', name, percent(categories['performance']?.score), percent(categories['accessibility']?.score)],
    ...[percent(categories['best-practices']?.score), ms(audits['first-contentful-paint'])],
    ...[ms(audits['largest-contentful-paint']), ms(audits['total-blocking-time'])],
    audits['cumulative-layout-shift'].numericValue.toFixed(3),
    `${Math.round(audits['total-byte-weight'].numericValue / 1024)} KB`,
    '',
  ]
    .join(' | ')
    .trim();

const page = (version: string, rows: readonly string[], timings: readonly string[]): string =>
  `# Audit of the portal

Made by \`npm run portal:audit\` on ${new Date().toISOString().slice(0, 10)}, on the stack of \`npm start\`: the page comes from the function that
serves it there, behind the emulator. Times depend on the machine; run it on an idle one.

Lighthouse ${version}, the list of endpoints after login:

| as | performance | accessibility | best practices | first paint | largest paint | blocked | layout shift | bytes |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

Large data:

| what | time of scripts | time until it is shown |
| --- | --- | --- |
${timings.join('\n')}
`;

await runProgram(async () => {
  const found = findBrowser();
  if (found.kind === 'missing') throw new Problem(found.why);
  const local = await readLocalFile();
  const demo = await makeDemo(local);
  const rows: string[] = [];
  let version = '';
  for (const [name, preset] of Object.entries(PRESETS)) {
    process.stdout.write(`Lighthouse as ${name} ...\n`);
    const result = await lighthouse(demo.link, found.path, preset);
    version = result.lighthouseVersion;
    rows.push(rowOf(name, result));
    process.stdout.write(`${rows.at(-1) ?? ''}\n`);
  }
  process.stdout.write('Large data ...\n');
  const browser = await launchBrowser(found.path);
  try {
    const timings = await timingsOf(browser, local);
    await writeFile(join(projectDir, 'docs', 'portal-audit.md'), page(version, rows, timings));
  } finally {
    await browser.close();
  }
  await promisify(execFile)('npx', ['prettier', '--write', 'docs/portal-audit.md'], { cwd: projectDir });
  process.stdout.write('Written: docs/portal-audit.md\n');
});
