import { defineConfig } from 'vitest/config';

/** One project per tier; the tier is the folder, so `vitest run --project <tier>` is the whole story. */
const tier = (name: string, timeoutMs: number, extra: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    ...extra,
  },
});

export default defineConfig({
  test: {
    projects: [
      // What functions log about failures that tests provoke would bury what tests have to say.
      tier('unit', 20_000, { env: { LOG_LEVEL: 'SILENT' } }),
      tier('contract', 120_000, { globalSetup: ['test/contract/global-setup.ts'], maxWorkers: 2 }),
      tier('infra', 120_000),
      tier('e2e', 120_000, {
        globalSetup: ['test/support/global-setup.ts'],
        fileParallelism: true,
        maxWorkers: 2,
      }),
      // Crashes and holds hit whoever comes next, so these have a stack of their own and run one by one.
      tier('faults', 180_000, { globalSetup: ['test/support/global-setup.ts'], fileParallelism: false }),
      // Not part of `npm test`: minutes of one core (npm run chaos).
      tier('chaos', 1_800_000, { env: { LOG_LEVEL: 'SILENT' } }),
      // The same: minutes of both cores, and numbers instead of assertions (npm run isolation).
      tier('isolation', 1_800_000, {
        globalSetup: ['test/support/global-setup.ts'],
        env: { LOG_LEVEL: 'SILENT' },
      }),
      // Last, and on a stack of its own: what it puts into dead letter queues would be found by everybody.
      tier('drill', 180_000, { globalSetup: ['test/support/global-setup.ts'], fileParallelism: false }),
    ],
  },
});
