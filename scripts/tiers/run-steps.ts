import type { Step, Tier, TierResult } from './tiers.ts';

/** Prints a line of a tier. */
export type Say = (text: string) => unknown;

/** Runs one tier, which prints its output. */
type RunOne = (tier: Tier, print: Say) => Promise<TierResult>;

const runInOrder = async (
  tiers: readonly Tier[],
  runOne: (tier: Tier) => Promise<TierResult>,
): Promise<readonly TierResult[]> => {
  const results: TierResult[] = [];
  for (const tier of tiers) results.push(await runOne(tier));
  return results;
};

/** Both results; where one fails, only after the other has ended, since the caller removes what they use. */
const both = async <T>(one: Promise<T>, other: Promise<T>): Promise<readonly T[]> => {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
};

/** Prints the output of each tier whole: that of a waiting tier once the busy one beside it has ended. */
const runStep = async ({ busy, waiting }: Step, runOne: RunOne, say: Say): Promise<readonly TierResult[]> => {
  const held: string[] = [];
  const release = () => {
    for (const line of held.splice(0)) say(line);
  };
  if (waiting.length > 0)
    say(`\n== beside the next tiers, printed when they end: ${waiting.map(({ name }) => name).join(', ')}`);
  const results = await both(
    runInOrder(busy, async (tier) => {
      const result = await runOne(tier, say);
      release();
      return result;
    }),
    runInOrder(waiting, async (tier) => {
      const lines: string[] = [];
      const result = await runOne(tier, (line) => lines.push(line));
      held.push(...lines);
      return result;
    }),
  );
  release();
  return results.flat();
};

/** Runs every tier of all steps, also after a failure. */
export const runSteps = async (
  steps: readonly Step[],
  runOne: RunOne,
  say: Say,
): Promise<readonly TierResult[]> => {
  const results: TierResult[] = [];
  for (const step of steps) results.push(...(await runStep(step, runOne, say)));
  return results;
};
