import type { Reporter, TestCase } from 'vitest/node';
import { NEAR_LIMIT } from './limits.ts';

interface Timed {
  readonly name: string;
  readonly durationMs: number;
  readonly limitMs: number;
}

/** One line for each test that took so much of its limit that it may fail on a slower machine. */
export const nearLimit = (tests: readonly Timed[]): readonly string[] =>
  tests
    .filter(({ durationMs, limitMs }) => durationMs > limitMs * NEAR_LIMIT)
    .map(
      ({ name, durationMs, limitMs }) =>
        `Near its time limit: ${name} took ${(durationMs / 1000).toFixed(1)} of ${limitMs / 1000} s; raise the limit or do less`,
    );

/** Prints those lines at the end of the run. It does not fail the run, because a busy machine is not an error. */
export class NearLimitReporter implements Reporter {
  private readonly tests: Timed[] = [];

  onTestCaseResult(test: TestCase): void {
    const durationMs = test.diagnostic()?.duration;
    const limitMs = test.options.timeout;
    if (durationMs === undefined || limitMs === undefined) return;
    this.tests.push({ name: `${test.module.relativeModuleId} > ${test.fullName}`, durationMs, limitMs });
  }

  onTestRunEnd(): void {
    for (const line of nearLimit(this.tests)) process.stdout.write(`${line}\n`);
  }
}
