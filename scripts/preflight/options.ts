import { npmCommand } from '../local/command-line.ts';

export interface PreflightOptions {
  readonly stage: string;
  readonly json: boolean;
}

/** Parses the arguments of `npm run preflight -- ...`. Throws commander's CommanderError after printing the reason. */
export const parsePreflightOptions = (args: readonly string[]): PreflightOptions =>
  npmCommand(
    'npm run preflight --',
    'Compares a stage with the AWS account and region that it is going to: what would stop a deployment, and what to do. Changes nothing. Exit code 0: nothing stops it; 1: something does; 2: a check could not be made.',
  )
    .requiredOption('--stage <name>', 'the name of a file in stages/')
    .option('--json', 'print the findings as JSON', false)
    .parse([...args], { from: 'user' })
    .opts();
