import type { TierResult } from './tiers.ts';
import { TIERS } from './tiers.ts';
import { runAndSummarize, runTier } from './run-tier.ts';

/**
 * `npm test`: runs every tier in order, also after a failure, and prints a summary with one line per tier. It uses a
 * temporary folder of its own and free ports, so it can run beside `npm start`.
 */
const code = await runAndSummarize(async (run) => {
  const results: TierResult[] = [];
  for (const tier of TIERS) results.push(await runTier(tier, run));
  return results;
});

process.exit(code);
