import { defineConfig } from 'vitest/config';
import { TEST_LIMITS_MS } from './test/support/limits.ts';
import { NearLimitReporter } from './test/support/near-limit.ts';

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

/** Where `npm test` wants vitest's JSON report (scripts/tiers/run-tiers.ts). */
const report = process.env['POSTHORN_TEST_REPORT'];

export default defineConfig({
  test: {
    reporters: [
      'default',
      new NearLimitReporter(),
      ...(report === undefined ? [] : [['json', { outputFile: report }] satisfies [string, object]]),
    ],
    projects: [
      // What functions log about failures that tests provoke would bury what tests have to say.
      tier('unit', { env: { LOG_LEVEL: 'SILENT' } }),
      tier('contract', { globalSetup: ['test/contract/global-setup.ts'], maxWorkers: 2 }),
      tier('infra'),
      tier('e2e', {
        globalSetup: ['test/support/global-setup.ts'],
        fileParallelism: true,
        maxWorkers: 2,
      }),
      // Crashes and holds hit whoever comes next, so these have a stack of their own and run one by one.
      tier('faults', { globalSetup: ['test/support/global-setup.ts'], fileParallelism: false }),
      // Not part of `npm test`: minutes of one core (npm run chaos).
      tier('chaos', { env: { LOG_LEVEL: 'SILENT' } }),
      // The same: minutes of both cores, and numbers instead of assertions (npm run isolation).
      tier('isolation', { globalSetup: ['test/support/global-setup.ts'], env: { LOG_LEVEL: 'SILENT' } }),
      // Last, and on a stack of its own: what it puts into dead letter queues would be found by everybody.
      tier('drill', { globalSetup: ['test/support/global-setup.ts'], fileParallelism: false }),
      // After the others: evaluates the calls that they recorded.
      tier('permissions'),
    ],
  },
});
