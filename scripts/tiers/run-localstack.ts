import { commandFailure } from '../local/run-command.ts';
import { openInstance } from './localstack-instance.ts';
import { parseParts } from './localstack-options.ts';
import type { Run } from './run-tier.ts';
import { runAndSummarize, runTier } from './run-tier.ts';
import type { Part, TierResult } from './tiers.ts';
import { localStackTiers } from './tiers.ts';

/**
 * `npm run test:localstack`: the contract and end-to-end tests on LocalStack, in parts with a fresh instance each, because
 * LocalStack ignores most updates and slows down with what it holds. Ends with the counts of all parts.
 */
const endpoint = process.env['AWS_ENDPOINT_URL'];

const runPart = async (part: Part, run: Run): Promise<readonly TierResult[]> => {
  const instance = await openInstance(`localstack-${part.part}`, run, endpoint);
  try {
    const results: TierResult[] = [];
    const env = { ...run.env, ...instance.env };
    for (const tier of localStackTiers(part)) results.push(await runTier(tier, { ...run, env }));
    return results;
  } finally {
    await instance.end();
  }
};

const main = async (): Promise<number> => {
  try {
    const parts = parseParts(process.argv.slice(2), endpoint);
    return await runAndSummarize(async (run) => {
      const results: TierResult[] = [];
      for (const part of parts) results.push(...(await runPart(part, run)));
      return results;
    });
  } catch (error) {
    return commandFailure(error);
  }
};

process.exit(await main());
