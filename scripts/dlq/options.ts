import { Command, InvalidArgumentError } from 'commander';
import { parseInstant } from './filter.ts';

export const parseCount = (text: string): number => {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1) return count;
  throw new InvalidArgumentError('A whole number from 1 on.');
};

/** What every command about letters takes. */
export interface DeadLetterOptions {
  readonly stage: string;
  readonly reason?: string;
  readonly olderThan?: number;
  readonly newerThan?: number;
  readonly app?: string;
  readonly endpoint?: string;
  readonly limit?: number;
}
export interface ReplayOptions extends DeadLetterOptions {
  readonly rate: number;
  readonly dryRun: boolean;
}
export interface DiscardOptions extends DeadLetterOptions {
  readonly yes: boolean;
}

/** What the command line asks for is done by these. */
export interface Commands {
  list(options: { readonly stage: string; readonly sample: number }): Promise<void>;
  inspect(queue: string, options: DeadLetterOptions): Promise<void>;
  replay(queue: string, options: ReplayOptions): Promise<void>;
  discard(queue: string, options: DiscardOptions): Promise<void>;
}

/** Letters a second; a batch of deliveries is done well within one. */
const DEFAULT_RATE = 50;
const DEFAULT_SAMPLE = 1_000;

const withStage = (command: Command) =>
  command.option(
    '--stage <name>',
    '"local" is the stack of npm start, any other is in your AWS account',
    'local',
  );

const withFilter = (command: Command, nowMs: number) => {
  const instant = (text: string) => parseInstant(text, nowMs);
  return withStage(command.argument('<queue>', 'as `list` names it'))
    .option('--reason <text>', 'a part of the error’s class or message')
    .option('--older-than <time>', 'failed last before: 15m, 24h, 3d or an instant', instant)
    .option('--newer-than <time>', 'failed last after', instant)
    .option('--app <id>', 'of this application')
    .option('--endpoint <id>', 'of this endpoint')
    .option('--limit <n>', 'so many at most', parseCount);
};

/** `npm run dlq -- ...`. Throws commander's CommanderError (after saying why) instead of exiting. */
export const dlqCommand = (commands: Commands, nowMs: number): Command => {
  const program = new Command('npm run dlq --').description(
    'What is in the dead letter queues, and out of them.',
  );
  program.exitOverride();
  const sub = (name: string, description: string) => program.command(name).description(description);
  withStage(sub('list', 'how many letters, of which reasons'))
    .option('--sample <n>', 'letters of each queue to look at for reasons', parseCount, DEFAULT_SAMPLE)
    .action((options: Parameters<Commands['list']>[0]) => commands.list(options));
  withFilter(sub('inspect', 'what letters are about'), nowMs).action(
    (queue: string, options: DeadLetterOptions) => commands.inspect(queue, options),
  );
  withFilter(sub('replay', 'puts letters back on their way'), nowMs)
    .option('--rate <n>', 'letters a second', parseCount, DEFAULT_RATE)
    .option('--dry-run', 'say which, and change nothing', false)
    .action((queue: string, options: ReplayOptions) => commands.replay(queue, options));
  withFilter(sub('discard', 'removes letters for good'), nowMs)
    .option('--yes', 'really', false)
    .action((queue: string, options: DiscardOptions) => commands.discard(queue, options));
  return program;
};
