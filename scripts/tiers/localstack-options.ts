import { Command, InvalidArgumentError } from 'commander';
import { Problem } from '../local/problem.ts';
import type { Part } from './tiers.ts';

/** Small enough for an instance to stay responsive, large enough that deployments do not dominate. */
const PARTS = 3;
const MOST_PARTS = 20;

const parseCount = (text: string): number => {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_PARTS) return count;
  throw new InvalidArgumentError(`Expected a number from 1 to ${MOST_PARTS}.`);
};

const parsePart = (text: string): Part => {
  const [, part = '', of = ''] = /^(\d{1,2})\/(\d{1,2})$/.exec(text) ?? [];
  const parsed = { part: Number(part), of: Number(of) };
  if (parsed.part >= 1 && parsed.part <= parsed.of && parsed.of <= MOST_PARTS) return parsed;
  throw new InvalidArgumentError('Expected a part such as 1/3.');
};

interface Given {
  readonly shards: number;
  readonly shard: Part | undefined;
}

/**
 * The parts to run, from the arguments of `npm run test:localstack -- ...`. One given instance (AWS_ENDPOINT_URL) serves
 * one part, since each needs an empty one: throws a Problem otherwise, and CommanderError for invalid arguments.
 */
export const parseParts = (args: readonly string[], endpoint: string | undefined): readonly Part[] => {
  const { shards, shard } = new Command('npm run test:localstack --')
    .description('Runs the contract and end-to-end tests on LocalStack, each part on a fresh instance.')
    .option('--shards <count>', 'number of parts, run one after the other', parseCount, PARTS)
    .option('--shard <part>', 'only this part, such as 1/3 (for a matrix in CI)', parsePart)
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' })
    .opts<Given>();
  if (shard !== undefined) return [shard];
  if (endpoint !== undefined && endpoint !== '' && shards > 1)
    throw new Problem(
      'AWS_ENDPOINT_URL is one instance, and each part needs an empty one: run one part on it (--shard 1/3), or all tests as one (--shards 1).',
    );
  return Array.from({ length: shards }, (_, index) => ({ part: index + 1, of: shards }));
};
