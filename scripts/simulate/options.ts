import { InvalidArgumentError } from 'commander';
import { npmCommand, parseCount } from '../local/command-line.ts';
import { scenarioNames } from './scenario.ts';

export interface SimulateOptions {
  readonly scenario: string;
  readonly users?: readonly number[];
  readonly seed: number;
  readonly messages: number;
  readonly out: string;
  readonly json: boolean;
  readonly checks: boolean;
  readonly docs: boolean;
}

const parseUsers = (text: string): readonly number[] =>
  text.split(',').map((one) => {
    const count = Number(one.trim().replaceAll('_', ''));
    if (Number.isInteger(count) && count >= 1 && count <= 10_000_000) return count;
    throw new InvalidArgumentError('Expected whole numbers from 1 to 10,000,000, separated by commas.');
  });

/** A larger population is sampled: a run of this size takes a minute or two. */
const MOST_MESSAGES = 8_000_000;

/** Parses the arguments of `npm run simulate -- ...`. Throws commander's CommanderError after printing the reason. */
export const parseSimulateOptions = (args: readonly string[]): SimulateOptions =>
  npmCommand(
    'npm run simulate --',
    'Runs the delivery policies against models of AWS and of receivers on a virtual clock, and says which limit is hit first. Needs no account.',
  )
    .option('--scenario <name>', `${scenarioNames().join(', ')}, or the path of a JSON file`, 'growth')
    .option('--users <list>', 'numbers of users instead of those of the scenario: 1000,50000', parseUsers)
    .option('--seed <n>', 'another sequence of random numbers', parseCount, 1)
    .option(
      '--messages <n>',
      'simulate at most so many messages; more are sampled',
      parseCount,
      MOST_MESSAGES,
    )
    .option('--out <folder>', 'where report.html, report.json and scale.svg go', '.posthorn/simulate')
    .option('--json', 'print the results as JSON instead of tables', false)
    .option('--no-checks', 'leave out the comparison with arithmetic and the benchmark')
    .option(
      '--docs',
      "write the results into docs/scale.md and docs/images, as the project's own runs do",
      false,
    )
    .parse([...args], { from: 'user' })
    .opts();
