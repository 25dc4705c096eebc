import { defineConfig } from 'vitest/config';
import { TEST_LIMITS_MS } from './test/support/limits.ts';
import { NearLimitReporter } from './test/support/near-limit.ts';
import { LongFilesFirst } from './test/support/runner/long-files-first.ts';

/** The file for vitest's JSON report, set by `npm test` (scripts/tiers/run-tiers.ts). */
const report = process.env['POSTHORN_TEST_REPORT'];

/** In `npm test`, what depends on real time and other processes is tried twice; the summary lists it (decision 0159). */
const onRealTime = { retry: report === undefined ? 0 : 1 };

/** One project per tier; the tier is the folder, so `vitest run --project <tier>` runs all of it. */
const tier = (name: keyof typeof TEST_LIMITS_MS, extra: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: TEST_LIMITS_MS[name],
    hookTimeout: TEST_LIMITS_MS[name],
    ...extra,
  },
});

export default defineConfig({
  test: {
    sequence: { sequencer: LongFilesFirst },
    reporters: [
      'default',
      new NearLimitReporter(),
      ...(report === undefined ? [] : [['json', { outputFile: report }] satisfies [string, object]]),
    ],
    projects: [
      // The tests provoke failures whose log lines would hide the output of the tests.
      tier('unit', { env: { LOG_LEVEL: 'SILENT' }, maxWorkers: 2 }),
      tier('contract', { ...onRealTime, globalSetup: ['test/contract/global-setup.ts'], maxWorkers: 2 }),
      // The files of a worker share the CDK, its validation and the synthesized stages, which are frozen.
      tier('infra', { maxWorkers: 2, isolate: false }),
      tier('e2e', {
        ...onRealTime,
        globalSetup: ['test/support/global-setup.ts'],
        fileParallelism: true,
        maxWorkers: 2,
      }),
      // On a stack of its own and one file at a time, since injected faults affect all tests of a stack.
      tier('faults', {
        ...onRealTime,
        globalSetup: ['test/support/global-setup.ts'],
        fileParallelism: false,
      }),
      // Not part of `npm test`: minutes of one core (npm run chaos).
      tier('chaos', { env: { LOG_LEVEL: 'SILENT' } }),
      // Not part of `npm test`: minutes of both cores, and measurements instead of assertions (npm run isolation).
      tier('isolation', { globalSetup: ['test/support/global-setup.ts'], env: { LOG_LEVEL: 'SILENT' } }),
      // Units and calls of a message are held in `npm test`; `npm run bench` prints prices and times (docs/performance.md).
      tier('bench', {
        globalSetup: ['test/support/bench/global-setup.ts'],
        env: { LOG_LEVEL: 'SILENT' },
        fileParallelism: false,
      }),
      // Not part of `npm test`: deploys two releases (npm run upgrade-test).
      tier('upgrade', { globalSetup: ['test/upgrade/global-setup.ts'] }),
      // On a stack of its own, since its dead letters would disturb other tests.
      tier('drill', { ...onRealTime, globalSetup: ['test/support/global-setup.ts'], fileParallelism: false }),
      // The page in a browser, with an API in memory.
      tier('page', { ...onRealTime, maxWorkers: 2 }),
      // The page in a browser, on a stack of its own, since it is slow beside other tests.
      tier('portal', { ...onRealTime, globalSetup: ['test/support/portal/global-setup.ts'], maxWorkers: 2 }),
      // After the others: evaluates the calls that they recorded.
      tier('permissions'),
    ],
  },
});
