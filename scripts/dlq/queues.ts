import { ingestNames } from '../../lib/constructs/ingest-names.ts';
import { Problem } from '../local/problem.ts';

/** Where dead letters are replayed to: the source queue, or the function that reads the stream. */
export type ReplayTarget =
  | {
      readonly kind: 'queue';
      readonly output: string;
      /** Whether a replayed record keeps the event id that the id of its queue message was. */
      readonly keepsEventId?: true;
    }
  | { readonly kind: 'stream' };

export interface DeadLetterQueue {
  /** The name in commands, alarms and the runbook. */
  readonly name: string;
  /** The stack output that holds its URL. */
  readonly output: string;
  /** The entry name of the function that failed. */
  readonly worker: string;
  readonly replayTo: ReplayTarget;
}

const ofQueue = (name: string, part: string, worker = name): DeadLetterQueue => ({
  ...{ name, worker },
  output: `${part}DlqUrl`,
  replayTo: { kind: 'queue', output: `${part}QueueUrl` },
});
const ofIngest = (pipeline: string): DeadLetterQueue => {
  const { part, suffix, dlq: name } = ingestNames('', pipeline);
  return {
    ...{ name, worker: `ingest${suffix}`, output: `${part}DlqUrl` },
    replayTo: { kind: 'queue', output: `${part}QueueUrl`, keepsEventId: true },
  };
};
const ofStream = (name: string, part: string): DeadLetterQueue => ({
  ...{ name, worker: name },
  output: `${part}StreamDlqUrl`,
  replayTo: { kind: 'stream' },
});

/** The dead-letter queues of the message pipeline, from fan-out to delivery. */
export const PIPELINE_QUEUES: readonly DeadLetterQueue[] = [
  ofStream('fan-out', 'FanOut'),
  ofQueue('fan-out-wide', 'FanOut'),
  ofQueue('delivery', 'Delivery', 'deliver'),
  ofQueue('deliver-bulk', 'BulkDelivery'),
  ofQueue('deliver-slow', 'SlowDelivery'),
];

/** Every dead-letter queue of a stage whose ingest has no names of its own. */
export const DEAD_LETTER_QUEUES: readonly DeadLetterQueue[] = [
  ofIngest('default'),
  ...PIPELINE_QUEUES,
  ofQueue('run-task', 'Task'),
  ofStream('project', 'Project'),
  ofStream('announce', 'Announce'),
];

const INGEST_OUTPUT = /^Ingest(.*)DlqUrl$/;

/** The name of an ingest pipeline by its part of an output: `OrdersEu` becomes `orders-eu`. */
const pipelineOf = (part: string): string =>
  part.replaceAll(/[A-Z]/g, (capital, at: number) => `${at === 0 ? '' : '-'}${capital.toLowerCase()}`);

/** The dead-letter queues of a stage with these outputs: each stage says which ingest pipelines it has. */
export const deadLetterQueuesOf = (outputs: readonly string[]): readonly DeadLetterQueue[] => {
  const ingest = outputs.flatMap((output) => {
    const part = INGEST_OUTPUT.exec(output)?.[1];
    if (part === undefined) return [];
    return [ofIngest(part === '' ? 'default' : pipelineOf(part))];
  });
  return [...ingest, ...DEAD_LETTER_QUEUES.filter(({ output }) => !INGEST_OUTPUT.test(output))];
};

/** Finds a queue by name. Throws a Problem that lists the valid names. */
export const deadLetterQueue = (name: string): DeadLetterQueue => {
  const pipeline = /^ingest-([a-z0-9-]+)$/.exec(name)?.[1];
  if (pipeline !== undefined) return ofIngest(pipeline);
  const found = DEAD_LETTER_QUEUES.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new Problem(
    `There is no queue "${name}". Queues: ${DEAD_LETTER_QUEUES.map((one) => one.name).join(', ')}.`,
  );
};

/** The name on AWS of the function of an entry; its log group is named after it. */
export const functionNameOf = (stage: string, worker: string): string => `posthorn-${stage}-${worker}`;

/** The name of a queue, from its URL. */
export const queueNameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
