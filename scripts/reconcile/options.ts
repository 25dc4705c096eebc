import { InvalidArgumentError } from 'commander';
import { STAGE_OPTION, durationMs, npmCommand, parseCount, parseInstant } from '../local/command-line.ts';

/** Instants and durations in ms. */
export interface ReconcileOptions {
  readonly stage: string;
  readonly since: number;
  /** Replaces the age of the oldest message that CloudWatch reports. */
  readonly queueAge?: number;
  readonly app?: string;
  readonly fix: boolean;
  readonly changed: boolean;
  readonly rate: number;
  readonly from?: string;
}

/** Deliveries a second that `--fix` queues. */
const DEFAULT_RATE = 50;

const parseDuration = (text: string): number => {
  const duration = durationMs(text);
  if (!Number.isNaN(duration)) return duration;
  throw new InvalidArgumentError('Expected a duration such as 90s, 15m or 2h.');
};

/** Parses the arguments of `npm run reconcile -- ...`. Throws commander's CommanderError after printing the reason. */
export const parseReconcileOptions = (args: readonly string[], nowMs: number): ReconcileOptions =>
  npmCommand(
    'npm run reconcile --',
    'Finds deliveries of accepted messages that were lost, and queues them again with --fix.',
  )
    .requiredOption('--since <time>', 'messages accepted within 2h, 3d, or since an instant', (text) =>
      parseInstant(text, nowMs),
    )
    .option(...STAGE_OPTION, 'local')
    .option('--app <id>', 'only of this application (id or uid)')
    .option('--from <id>', 'continue a stopped run with this application')
    .option(
      '--queue-age <duration>',
      'age of the oldest queued message, instead of the metric in CloudWatch',
      parseDuration,
    )
    .option('--fix', 'queue what was found again', false)
    .option('--changed', 'with --fix: also deliveries whose endpoint changed since', false)
    .option('--rate <n>', 'deliveries a second that --fix queues', parseCount, DEFAULT_RATE)
    .parse([...args], { from: 'user' })
    .opts();
