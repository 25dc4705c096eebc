import { STEPS } from './tiers.ts';
import { runSteps } from './run-steps.ts';
import { runAndSummarize, runTier, say } from './run-tier.ts';

/** A given emulator is used by one tier at a time. */
const steps =
  process.env['AWS_ENDPOINT_URL'] === undefined
    ? STEPS
    : STEPS.map(({ busy, waiting }) => ({ busy: [...busy, ...waiting], waiting: [] }));

/**
 * `npm test`: runs every tier, also after a failure, and prints a summary with one line per tier. It uses a temporary
 * folder of its own and free ports, so it can run beside `npm start`.
 */
const code = await runAndSummarize((run) => runSteps(steps, (tier, print) => runTier(tier, run, print), say));

process.exit(code);
