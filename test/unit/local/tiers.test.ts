import { describe, expect, it } from 'vitest';
import { runSteps } from '../../../scripts/tiers/run-steps.ts';
import type { Tier } from '../../../scripts/tiers/tiers.ts';
import { TIERS, resultOfCheck, resultOfTests, summary } from '../../../scripts/tiers/tiers.ts';

const check = TIERS.find(({ kind }) => kind === 'check')!;
const tests = TIERS.find(({ kind }) => kind === 'tests')!;
const ok = { kind: 'ended', code: 0 } as const;
const bad = { kind: 'ended', code: 1 } as const;
const report = (passed: number, failedNames: string[], files: object[] = [], skipped = 0) =>
  JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failedNames.length,
    numPendingTests: skipped,
    testResults: [
      {
        name: 'a.test.ts',
        status: failedNames.length > 0 ? 'failed' : 'passed',
        assertionResults: failedNames.map((fullName) => ({
          status: 'failed',
          fullName,
          failureMessages: ['Error: no'],
        })),
      },
      ...files,
    ],
  });

describe('npm test tiers', () => {
  it('have unique names', () => {
    expect(new Set(TIERS.map(({ name }) => name)).size).toBe(TIERS.length);
  });
});

describe('npm test steps', () => {
  const result = (tier: Tier) => resultOfCheck(tier, ok, 1);
  const [format, lint, types, spec] = TIERS;
  const step = { busy: [format!, lint!], waiting: [types!, spec!] };

  it('print the output of each tier whole, also of those that run beside others', async () => {
    const ended = TIERS.map(() => Promise.withResolvers<null>());
    const printed: string[] = [];
    const running = runSteps(
      [step],
      async (tier, print) => {
        print(`${tier.name} 1`);
        await ended[TIERS.indexOf(tier)]!.promise;
        print(`${tier.name} 2`);
        return result(tier);
      },
      (line) => printed.push(line),
    );
    const end = async (tier: Tier) => {
      ended[TIERS.indexOf(tier)]!.resolve(null);
      await new Promise((resolve) => setImmediate(resolve));
    };
    for (const tier of [types, format, spec, lint]) await end(tier!);
    const results = await running;
    expect(printed.slice(1)).toEqual(
      [format, types, lint, spec].flatMap((tier) => [`${tier!.name} 1`, `${tier!.name} 2`]),
    );
    expect(results.map(({ name }) => name)).toEqual([format, lint, types, spec].map((tier) => tier!.name));
  });

  it('of which one cannot be run fail after the tier beside it has ended', async () => {
    const ended: string[] = [];
    const running = runSteps(
      [step],
      async (tier) => {
        if (tier === format) throw new Error('no such command');
        await new Promise((resolve) => setImmediate(resolve));
        ended.push(tier.name);
        return result(tier);
      },
      () => undefined,
    );
    await expect(running).rejects.toThrow('no such command');
    expect(ended).toEqual([types!.name, spec!.name]);
  });
});

describe('npm test summary', () => {
  it('ends with the counts of all tiers; a check counts as one', () => {
    const results = [resultOfCheck(check, ok, 1), resultOfTests(tests, ok, report(41, []), 2)];
    expect(summary(results).split('\n').at(-1)).toBe('42 passed, 0 failed');
  });

  it('counts tests that this machine could not run, without failing', () => {
    const results = [resultOfTests(tests, ok, report(41, [], [], 3), 2)];
    expect(summary(results)).toMatch(/\n41 passed, 0 failed, 3 skipped$/);
    expect(results[0]?.failed).toBe(0);
  });

  it('lists every failure', () => {
    const results = [resultOfCheck(check, bad, 1), resultOfTests(tests, bad, report(3, ['keeps it']), 2)];
    expect(summary(results)).toContain('unit: keeps it');
    expect(summary(results)).toContain('format: prettier exited with code 1');
    expect(summary(results)).toMatch(/\n3 passed, 2 failed$/);
  });

  it('lists tests that passed on their second try, with what failed first, without failing', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'shows it', failureMessages: ['AssertionError: not yet\n    at x'] },
      { status: 'passed', fullName: 'keeps it', failureMessages: [] },
    ];
    const file = { name: 'b.test.ts', status: 'passed', assertionResults };
    const result = resultOfTests(tests, ok, report(2, [], [file]), 1);
    expect(result.failed).toBe(0);
    expect(summary([result])).toMatch(/\n {2}unit: shows it: AssertionError: not yet\n\n2 passed, 0 failed$/);
  });

  it('counts failures without a failing test: a file that does not load, a missing report, an unhandled error', () => {
    const broken = { name: 'b.test.ts', status: 'failed', assertionResults: [] };
    expect(resultOfTests(tests, bad, report(3, [], [broken]), 1)).toMatchObject({ passed: 3, failed: 1 });
    expect(resultOfTests(tests, bad, null, 1)).toMatchObject({ passed: 0, failed: 1 });
    expect(resultOfTests(tests, bad, report(3, []), 1)).toMatchObject({ passed: 3, failed: 1 });
    expect(resultOfTests(tests, { kind: 'out-of-time' }, null, 1).failures).toEqual([
      'unit: exceeded its limit of 60 minutes',
    ]);
  });
});
