import { DELIVERY_QUEUE_OLDEST_SECONDS } from '../../functions/platform/limits/delivery.domain.ts';
import { SWEPT_WITHIN_MS } from '../../functions/platform/limits/sweep.domain.ts';
import { queueState } from '../dlq/queue-state.ts';
import { PIPELINE_QUEUES, queueNameOf } from '../dlq/queues.ts';
import type { Stage } from '../dlq/stage.ts';
import { explain } from '../local/problem.ts';
import { oldestMessages } from './oldest.ts';

/** Streams and the sweeper deliver within this time (ms); later than that, their alarms fire. */
const MARGIN_MS = SWEPT_WITHIN_MS;
/** Threshold of the delivery queue's age alarm (lib/constructs/delivery.ts). */
const UNKNOWN_AGE_MS = DELIVERY_QUEUE_OLDEST_SECONDS * 1_000;

interface GraceOptions {
  /** `--queue-age`: replaces the ages from CloudWatch (ms). */
  readonly queueAge: number | undefined;
  readonly now: number;
  readonly say: (text: string) => void;
}

type Ages = ReadonlyMap<string, number>;

const NO_AGES: Ages = new Map();

const agesOf = async (stage: Stage, queues: readonly string[], { now, say }: GraceOptions): Promise<Ages> => {
  try {
    return await oldestMessages(stage, queues, now);
  } catch (error) {
    say(`Cannot read the age of the oldest messages from CloudWatch: ${explain(error)}`);
    return NO_AGES;
  }
};

const seconds = (ms: number) => Math.ceil(ms / 1000);

/**
 * How late a delivery may be (ms) and still be in a queue or in flight: the visibility timeout, plus the age of the
 * oldest message if the queue is not empty. SQS reports that age only as a CloudWatch metric.
 */
export const graceOf = async (stage: Stage, options: GraceOptions): Promise<number> => {
  const { queueAge, say } = options;
  const queues = await Promise.all(
    PIPELINE_QUEUES.flatMap(({ name, replayTo }) =>
      replayTo.kind === 'queue' ? [{ name, output: replayTo.output }] : [],
    ).map(async ({ name, output }) => ({
      name,
      metric: queueNameOf(stage.get(output)),
      ...(await queueState(stage, output)),
    })),
  );
  const full = queues.filter(({ held }) => held > 0);
  const names = full.map(({ metric }) => metric);
  const ages = queueAge === undefined && names.length > 0 ? await agesOf(stage, names, options) : NO_AGES;
  const ageOf = ({ name, metric, held }: (typeof queues)[number]): number => {
    if (held === 0) return 0;
    if (queueAge !== undefined) return queueAge;
    const age = ages.get(metric);
    say(
      age === undefined
        ? `${name}: ${held} messages; age of the oldest unknown, assuming ${seconds(UNKNOWN_AGE_MS)} s (override with --queue-age)`
        : `${name}: ${held} messages, the oldest ${seconds(age)} s old`,
    );
    return age ?? UNKNOWN_AGE_MS;
  };
  return MARGIN_MS + Math.max(...queues.map((queue) => queue.visibilityMs + ageOf(queue)));
};
