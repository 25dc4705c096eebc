import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runChild, tailOf } from '../local/processes/child.ts';
import type { ChildEnd } from '../local/processes/child.ts';
import { modulesDir, privateDir, projectDir } from '../local/paths.ts';
import { explain } from '../local/problem.ts';
import type { Say } from './run-steps.ts';
import { resultOfCheck, resultOfTests, summary } from './tiers.ts';
import type { Tier, TierResult } from './tiers.ts';

export const say = (text: string) => process.stdout.write(`${text}\n`);

/** The tools write to a pipe and cannot detect a terminal themselves. */
const COLOUR = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1', FORCE_COLOR: undefined };

export interface Run {
  readonly tempDir: string;
  readonly logDir: string;
  readonly signal: AbortSignal;
  /** Variables of the tools, in addition to those of this process. */
  readonly env: NodeJS.ProcessEnv;
}

/** The environment without AWS settings, except AWS_ENDPOINT_URL, which selects an emulator. */
const environment = ({ tempDir, logDir, env }: Run): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
  ...COLOUR,
  AWS_ENDPOINT_URL: process.env['AWS_ENDPOINT_URL'],
  TMPDIR: tempDir,
  POSTHORN_LOG_DIR: logDir,
  ...env,
});

const execute = (
  tier: Tier,
  run: Run,
  logFile: string,
  print: Say,
  more: NodeJS.ProcessEnv = {},
): Promise<ChildEnd> =>
  runChild({
    command: join(modulesDir, '.bin', tier.command),
    args: tier.args,
    cwd: projectDir,
    env: { ...environment(run), ...more },
    logFile,
    timeLimitMs: tier.timeLimitMs,
    signal: run.signal,
    // Checks print only when they fail; tests print as they run, since they take long.
    ...(tier.kind === 'tests' ? { onLine: (line) => void print(line) } : {}),
  });

const runTests = async (
  tier: Tier,
  run: Run,
  logFile: string,
  print: Say,
  seconds: () => number,
): Promise<TierResult> => {
  const report = join(run.tempDir, `${tier.name}.json`);
  const end = await execute(tier, run, logFile, print, { POSTHORN_TEST_REPORT: report });
  const text = existsSync(report) ? await readFile(report, 'utf8') : null;
  return resultOfTests(tier, end, text, seconds());
};

const runCheck = async (
  tier: Tier,
  run: Run,
  logFile: string,
  print: Say,
  seconds: () => number,
): Promise<TierResult> => {
  const end = await execute(tier, run, logFile, print);
  const result = resultOfCheck(tier, end, seconds());
  if (result.failed > 0) print(await tailOf(logFile, 200));
  return result;
};

/** Runs one tool; the result has its counts and its failures. */
export const runTier = async (tier: Tier, run: Run, print: Say = say): Promise<TierResult> => {
  print(`\n== ${tier.name}: ${tier.command} ${tier.args.join(' ')}`);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const logFile = join(run.logDir, `${tier.name}.log`);
  return (tier.kind === 'tests' ? runTests : runCheck)(tier, run, logFile, print, seconds);
};

/** Waits for the supervisors of aborted stacks, which still clean up in this folder, then removes it. */
const removeTemp = async (tempDir: string): Promise<void> => {
  const deadline = Date.now() + 10_000;
  const stacks = async () => (await readdir(tempDir)).filter((name) => name.startsWith('posthorn-'));
  while (Date.now() < deadline && (await stacks()).length > 0) await wait(100);
  await rm(tempDir, { recursive: true, force: true, maxRetries: 5 });
};

const stopSignal = (): AbortSignal => {
  const stop = new AbortController();
  const abort = () => stop.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, abort);
  process.on('disconnect', abort);
  return stop.signal;
};

const summarize = (results: readonly TierResult[]): number => {
  say(summary(results));
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
};

/**
 * Calls `work` with a temporary folder of its own and an empty folder for logs, prints the summary of its results, and
 * returns the exit code: 0 if nothing failed, 130 if the user stopped it.
 */
export const runAndSummarize = async (
  work: (run: Run) => Promise<readonly TierResult[]>,
): Promise<number> => {
  const signal = stopSignal();
  const logDir = join(privateDir, 'test-logs');
  await rm(logDir, { recursive: true, force: true });
  await mkdir(logDir, { recursive: true });
  const tempDir = await mkdtemp(join(tmpdir(), 'posthorn-test-'));
  try {
    return summarize(await work({ tempDir, logDir, signal, env: {} }));
  } catch (error) {
    process.stderr.write(`\n${signal.aborted ? 'Stopped.' : explain(error)}\n`);
    return signal.aborted ? 130 : 1;
  } finally {
    await removeTemp(tempDir);
  }
};
