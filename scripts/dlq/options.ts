import type { Command } from 'commander';
import { npmCommand, parseCount, parseInstant, stageCommand } from '../local/command-line.ts';

/** Options of every command that selects dead letters. */
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

export interface Commands {
  list(options: { readonly stage: string; readonly sample: number }): Promise<void>;
  inspect(queue: string, options: DeadLetterOptions): Promise<void>;
  replay(queue: string, options: ReplayOptions): Promise<void>;
  discard(queue: string, options: DiscardOptions): Promise<void>;
}

/** Dead letters a second. */
const DEFAULT_RATE = 50;
const DEFAULT_SAMPLE = 1_000;

const withFilter = (command: Command, nowMs: number) => {
  const instant = (text: string) => parseInstant(text, nowMs);
  return command
    .argument('<queue>', 'name of the queue as printed by `list`')
    .option('--reason <text>', 'only failures whose error class or message contains this')
    .option('--older-than <time>', 'last failed longer ago than 15m, 24h, 3d, or before an instant', instant)
    .option('--newer-than <time>', 'last failed within 15m, 24h, 3d, or after an instant', instant)
    .option('--app <id>', 'only of this application')
    .option('--endpoint <id>', 'only of this endpoint')
    .option('--limit <n>', 'at most this many', parseCount);
};

/** `npm run dlq -- ...`. Throws commander's CommanderError, after printing the reason, instead of exiting. */
export const dlqCommand = (commands: Commands, nowMs: number): Command => {
  const program = npmCommand(
    'npm run dlq --',
    'Lists, inspects, replays and discards the dead letters of a stage.',
  );
  const sub = (name: string, description: string) => stageCommand(program, name, description);
  sub('list', 'counts the dead letters of every queue by reason')
    .option(
      '--sample <n>',
      'dead letters to read from each queue for the counts by reason',
      parseCount,
      DEFAULT_SAMPLE,
    )
    .action((options: Parameters<Commands['list']>[0]) => commands.list(options));
  withFilter(sub('inspect', 'shows what dead letters are about and why they failed'), nowMs).action(
    (queue: string, options: DeadLetterOptions) => commands.inspect(queue, options),
  );
  withFilter(sub('replay', 'sends dead letters to their queue or stream reader again'), nowMs)
    .option('--rate <n>', 'dead letters a second', parseCount, DEFAULT_RATE)
    .option('--dry-run', 'count what would be replayed, change nothing', false)
    .action((queue: string, options: ReplayOptions) => commands.replay(queue, options));
  withFilter(sub('discard', 'deletes dead letters for good'), nowMs)
    .option('--yes', 'delete; without it the command only counts', false)
    .action((queue: string, options: DiscardOptions) => commands.discard(queue, options));
  return program;
};
