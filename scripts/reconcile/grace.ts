import { queueState } from '../dlq/queue-state.ts';
import { MESSAGE_WAY, queueNameOf } from '../dlq/queues.ts';
import type { Stage } from '../dlq/stage.ts';
import { explain } from '../local/problem.ts';
import { oldestMessages } from './oldest.ts';

/** Streams and the sweep bring what they bring within this (ms); past it they have alarms. */
const MARGIN_MS = 180_000;
/** As old as the oldest message of the delivery queue gets before its alarm rings (lib/constructs/delivery.ts). */
const UNKNOWN_AGE_MS = 1_800_000;

interface Asked {
  /** The operator's word on the age of the oldest message (ms). */
  readonly queueAge: number | undefined;
  readonly now: number;
  readonly say: (text: string) => void;
}

type Ages = ReadonlyMap<string, number>;

const NO_AGES: Ages = new Map();

const agesOf = async (stage: Stage, queues: readonly string[], { now, say }: Asked): Promise<Ages> => {
  try {
    return await oldestMessages(stage, queues, now);
  } catch (error) {
    say(`CloudWatch does not tell how old the queues' messages are: ${explain(error)}`);
    return NO_AGES;
  }
};

const seconds = (ms: number) => Math.ceil(ms / 1000);

/**
 * How long something may be overdue (ms) and still be in a queue or in a function's hands: one visibility, and the age of
 * the oldest message where a queue is not empty. SQS tells that age to CloudWatch alone.
 */
export const graceOf = async (stage: Stage, asked: Asked): Promise<number> => {
  const { queueAge, say } = asked;
  const queues = await Promise.all(
    MESSAGE_WAY.flatMap(({ name, way }) => (way.kind === 'queue' ? [{ name, output: way.output }] : [])).map(
      async ({ name, output }) => ({
        name,
        metric: queueNameOf(stage.get(output)),
        ...(await queueState(stage, output)),
      }),
    ),
  );
  const full = queues.filter(({ held }) => held > 0);
  const names = full.map(({ metric }) => metric);
  const ages = queueAge === undefined && names.length > 0 ? await agesOf(stage, names, asked) : NO_AGES;
  const ageOf = ({ name, metric, held }: (typeof queues)[number]): number => {
    if (held === 0) return 0;
    if (queueAge !== undefined) return queueAge;
    const age = ages.get(metric);
    say(
      age === undefined
        ? `${name}: ${held} in the queue. How old the oldest is, nobody knows; ${seconds(UNKNOWN_AGE_MS)} s is assumed. Say --queue-age if you know better.`
        : `${name}: ${held} in the queue, the oldest for ${seconds(age)} s.`,
    );
    return age ?? UNKNOWN_AGE_MS;
  };
  return MARGIN_MS + Math.max(...queues.map((queue) => queue.visibilityMs + ageOf(queue)));
};
