import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../local/machine.ts';
import { runProgram } from '../local/run-command.ts';
import { runChecks } from './checks.ts';
import type { Check } from './checks.ts';
import { parseSimulateOptions } from './options.ts';
import type { SimulateOptions } from './options.ts';
import { writeDocs, writeImage } from './report/docs.ts';
import { htmlReport } from './report/html.ts';
import { markdownReport, textReport } from './report/report.ts';
import { scaleChart } from './report/svg.ts';
import type { Result } from './result.ts';
import { run } from './run.ts';
import { loadScenario } from './scenario.ts';
import type { Scenario } from './scenario.ts';

/** Fewer numbers of users make no curve. */
const POINTS_OF_A_CURVE = 3;
/** At most one line of progress in this time. */
const PROGRESS_MS = 1_000;

const progress = (text: string) => void process.stderr.write(`${text}\n`);

const madeBy = (command: string, results: readonly Result[]): string => {
  const seconds = results.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0);
  const sampled = results.filter(({ scale }) => scale > 1);
  const sample = sampled
    .map(({ users, scale }) => `one user in ${scale} of ${users.toLocaleString('en')}`)
    .join(', ');
  return [
    `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${machine()}, ${Math.round(seconds)} s.`,
    sampled.length === 0 ? 'Every user was simulated.' : `Sampled: ${sample}.`,
  ].join(' ');
};

const simulate = (
  scenario: Scenario,
  { users = scenario.users, seed, messages }: SimulateOptions,
): Result[] =>
  users.map((count) => {
    let saidAt = Date.now();
    const what = `${scenario.name}, ${count.toLocaleString('en')} users`;
    progress(`${what} ...`);
    const result = run({
      ...{ scenario, users: count, seed, mostMessages: messages },
      wallMs: () => Date.now(),
      onProgress: (minute, open) => {
        if (Date.now() - saidAt < PROGRESS_MS) return;
        saidAt = Date.now();
        progress(`${what}: minute ${minute}, ${open.toLocaleString('en')} deliveries under way`);
      },
    });
    progress(`${what}: done in ${result.wallSeconds.toFixed(1)} s`);
    return result;
  });

const write = async (
  options: SimulateOptions,
  scenario: Scenario,
  results: readonly Result[],
  checks: readonly Check[],
): Promise<string> => {
  const command = ['npm run simulate --', ...process.argv.slice(2)].join(' ').replace(/ --$/, '');
  const made = madeBy(command, results);
  const folder = join(options.out, scenario.name);
  mkdirSync(folder, { recursive: true });
  const svg = await scaleChart(results);
  writeFileSync(join(folder, 'report.json'), JSON.stringify({ made, scenario, results, checks }, null, 1));
  writeFileSync(join(folder, 'report.html'), htmlReport({ scenario, results, checks, made }));
  writeFileSync(join(folder, 'scale.svg'), svg);
  if (options.docs) {
    writeDocs(scenario.name, markdownReport(made, results, checks));
    if (results.length >= POINTS_OF_A_CURVE) writeImage(svg);
  }
  return folder;
};

/** `npm run simulate`: simulates a scenario and reports which limit is hit first. */
await runProgram(async () => {
  const options = parseSimulateOptions(process.argv.slice(2));
  const scenario = loadScenario(options.scenario);
  const checks = options.checks ? runChecks((name) => progress(`check: ${name} ...`)) : [];
  const results = simulate(scenario, options);
  const folder = await write(options, scenario, results, checks);
  const series = results.map(({ series: _series, ...rest }) => rest);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ results: series, checks }, null, 2)}\n`
      : `\n${textReport(results, checks)}\n\nInteractive: ${join(folder, 'report.html')}\n`,
  );
  return results.some(({ lost, deadLettered }) => lost + deadLettered > 0) ? 1 : 0;
}, 2);
