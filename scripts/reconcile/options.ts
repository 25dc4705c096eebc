import { Command, InvalidArgumentError } from 'commander';
import { parseInstant } from '../dlq/filter.ts';
import { parseCount } from '../dlq/options.ts';

/** Instants and durations in ms. */
export interface ReconcileOptions {
  readonly stage: string;
  readonly since: number;
  /** In place of what CloudWatch says. */
  readonly queueAge?: number;
  readonly app?: string;
  readonly fix: boolean;
  readonly changed: boolean;
  readonly rate: number;
  readonly from?: string;
}

/** Deliveries a second that `--fix` puts back. */
const DEFAULT_RATE = 50;

const parseDuration = (text: string): number => {
  if (/^\d+[smhd]$/.test(text)) return -parseInstant(text, 0);
  throw new InvalidArgumentError('Say 90s, 15m or 2h.');
};

/** Arguments of `npm run reconcile -- ...`. Throws commander's CommanderError after saying why. */
export const parseReconcileOptions = (args: readonly string[], nowMs: number): ReconcileOptions =>
  new Command('npm run reconcile --')
    .description('Finds accepted messages that are neither delivered nor on their way, and says why.')
    .requiredOption('--since <time>', 'accepted since: 2h, 3d or an instant', (text) =>
      parseInstant(text, nowMs),
    )
    .option('--stage <name>', '"local" is the stack of npm start, any other is in your AWS account', 'local')
    .option('--app <id>', 'of this application alone (id or uid)')
    .option('--from <id>', 'go on with this application')
    .option(
      '--queue-age <duration>',
      'age of the oldest message in queues that are not empty, in place of what CloudWatch says',
      parseDuration,
    )
    .option('--fix', 'put them back on the way', false)
    .option('--changed', 'also those whose endpoint was changed since', false)
    .option('--rate <n>', 'deliveries a second that --fix puts back', parseCount, DEFAULT_RATE)
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' })
    .opts();
