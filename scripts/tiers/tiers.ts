import { z } from 'zod';
import type { ChildEnd } from '../local/processes/child.ts';

/** One tool that `npm test` runs. A check counts as one test. */
export interface Tier {
  readonly name: string;
  readonly kind: 'check' | 'tests';
  readonly command: string;
  readonly args: readonly string[];
  readonly timeLimitMs: number;
}

export interface TierResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  /** Tests that could not run on this machine, such as those of the page without a browser. */
  readonly skipped: number;
  readonly seconds: number;
  /** One line per failure. */
  readonly failures: readonly string[];
  /** One line per test that failed first and passed on its second try. */
  readonly flaky: readonly string[];
}

const MINUTE = 60_000;

const check = (name: string, command: string, ...args: string[]): Tier => ({
  name,
  kind: 'check',
  command,
  args,
  timeLimitMs: 30 * MINUTE,
});
const tests = (name: string, project: string, minutes: number, ...files: string[]): Tier => ({
  name,
  kind: 'tests',
  command: 'vitest',
  args: ['run', '--project', project, ...files],
  timeLimitMs: minutes * MINUTE,
});

const CHECKS: readonly Tier[] = [
  check('format', 'prettier', '--check', '.'),
  // In two processes: the types of everything take more than the heap of one.
  check('lint', 'eslint', '--concurrency', '2', '.'),
  check('types', 'tsc', '--noEmit'),
  check('page types', 'tsc', '--noEmit', '-p', 'portal'),
  check('spec types', 'tsc', '--noEmit', '-p', 'test/portal'),
  check('dead code', 'knip'),
];

const BUSY: readonly Tier[] = [
  tests('unit', 'unit', 60),
  tests('contract', 'contract', 60),
  tests('infra', 'infra', 60),
  tests('end-to-end', 'e2e', 120),
  // The page in a browser: with an API in memory, and on a stack.
  tests('page', 'page', 60),
  tests('portal', 'portal', 60),
  tests('units', 'bench', 120, 'test/bench/units.test.ts'),
];

/** Each has a stack of its own, since injected faults and dead letters would hit other tests. */
const WAITING: readonly Tier[] = [tests('faults', 'faults', 60), tests('drill', 'drill', 60)];

// Evaluates the roles against the AWS calls that the tiers above recorded.
const LAST: readonly Tier[] = [tests('permissions', 'permissions', 40)];

/** Tiers that run one after another; `waiting` run beside `busy`, since they mostly wait for timers of a stack. */
export interface Step {
  readonly busy: readonly Tier[];
  readonly waiting: readonly Tier[];
}

/** What `npm test` runs, step by step. */
export const STEPS: readonly Step[] = [
  { busy: CHECKS, waiting: [] },
  { busy: BUSY, waiting: WAITING },
  { busy: LAST, waiting: [] },
];

export const TIERS: readonly Tier[] = STEPS.flatMap(({ busy, waiting }) => [...busy, ...waiting]);

/** One of `of` parts of the tests that run on LocalStack. */
export interface Part {
  readonly part: number;
  readonly of: number;
}

/** The tiers of a part: a share of the end-to-end tests, and in the first part the contract tests. */
export const localStackTiers = ({ part, of }: Part): readonly Tier[] => [
  ...(part === 1 ? [tests('contract', 'contract', 120)] : []),
  tests(`e2e-${part}-of-${of}`, 'e2e', 180, `--shard=${part}/${of}`),
];

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      // A test that passed with messages of failures has passed on its second try.
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

const why = (tier: Tier, end: ChildEnd): string =>
  end.kind === 'out-of-time'
    ? `${tier.name}: exceeded its limit of ${tier.timeLimitMs / MINUTE} minutes`
    : `${tier.name}: ${tier.command} exited with code ${end.code}`;

const succeeded = (end: ChildEnd) => end.kind === 'ended' && end.code === 0;

export const resultOfCheck = (tier: Tier, end: ChildEnd, seconds: number): TierResult => {
  const passed = succeeded(end);
  const failures = passed ? [] : [why(tier, end)];
  return {
    name: tier.name,
    passed: passed ? 1 : 0,
    failed: passed ? 0 : 1,
    skipped: 0,
    seconds,
    failures,
    flaky: [],
  };
};

const firstLine = ([message = '']: readonly string[]): string => message.split('\n')[0] ?? '';

const failedTests = (tier: Tier, parsed: z.infer<typeof report>): readonly string[] =>
  parsed.testResults.flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length > 0) return failed.map(({ fullName }) => `${tier.name}: ${fullName}`);
    return file.status === 'failed' ? [`${tier.name}: ${file.name} could not be run`] : [];
  });

const flakyTests = (tier: Tier, parsed: z.infer<typeof report>): readonly string[] =>
  parsed.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
    .map(({ fullName, failureMessages }) => `${tier.name}: ${fullName}: ${firstLine(failureMessages)}`);

/**
 * Counts from vitest's JSON report (`text`; null if there is none). If vitest fails without a failing test (a file that
 * does not load, a stack that does not boot, an unhandled error), that counts as one failure.
 */
export const resultOfTests = (
  tier: Tier,
  end: ChildEnd,
  text: string | null,
  seconds: number,
): TierResult => {
  const parsed = text === null ? null : report.parse(JSON.parse(text));
  const listed = parsed === null ? [] : failedTests(tier, parsed);
  const failures = listed.length === 0 && !succeeded(end) ? [why(tier, end)] : listed;
  const { numPassedTests: passed = 0, numPendingTests: skipped = 0 } = parsed ?? {};
  const flaky = parsed === null ? [] : flakyTests(tier, parsed);
  return { name: tier.name, passed, failed: failures.length, skipped, seconds, failures, flaky };
};

const countsOf = (passed: number, failed: number, skipped: number): string =>
  [`${passed} passed`, `${failed} failed`, ...(skipped === 0 ? [] : [`${skipped} skipped`])].join(', ');

const row = (result: TierResult): string => {
  const { name, passed, failed, skipped, seconds } = result;
  const mark = failed === 0 ? 'ok  ' : 'FAIL';
  return `  ${mark}  ${name.padEnd(11)} ${countsOf(passed, failed, skipped).padEnd(24)} ${seconds.toFixed(1).padStart(7)} s`;
};

const sum = (results: readonly TierResult[], pick: (result: TierResult) => number) =>
  results.reduce((total, result) => total + pick(result), 0);

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

/** The table of tiers, all failures and flaky tests, and the counts as the last line. */
export const summary = (results: readonly TierResult[]): string => {
  const lists = [
    ...section(
      'Flaky (failed, then passed; repair them):',
      results.flatMap((result) => result.flaky),
    ),
    ...section(
      'Failed:',
      results.flatMap((result) => result.failures),
    ),
  ];
  const counts = countsOf(
    sum(results, (one) => one.passed),
    sum(results, (one) => one.failed),
    sum(results, (one) => one.skipped),
  );
  return ['', ...results.map(row), ...lists, '', counts].join('\n');
};
