import { Problem } from '../local/problem.ts';

/** Where the dead letters of a queue go back to: the queue itself, or a stream's reader. */
export type Way = { readonly kind: 'queue'; readonly output: string } | { readonly kind: 'stream' };

export interface DeadQueue {
  /** As alarms and people call it. */
  readonly name: string;
  /** The stack's output with its URL. */
  readonly output: string;
  /** The entry of the function that could not do them. */
  readonly worker: string;
  readonly way: Way;
}

const ofQueue = (name: string, part: string, worker = name): DeadQueue => ({
  ...{ name, worker },
  output: `${part}DlqUrl`,
  way: { kind: 'queue', output: `${part}QueueUrl` },
});
const ofStream = (name: string, part: string): DeadQueue => ({
  ...{ name, worker: name },
  output: `${part}StreamDlqUrl`,
  way: { kind: 'stream' },
});

/** Those that a message or a delivery can end in on its way to its endpoints, in that order. */
export const MESSAGE_WAY: readonly DeadQueue[] = [
  ofStream('fan-out', 'FanOut'),
  ofQueue('fan-out-wide', 'FanOut'),
  ofQueue('delivery', 'Delivery', 'deliver'),
  ofQueue('deliver-slow', 'SlowDelivery'),
];

/** Every dead letter queue of a stage. */
export const DEAD_QUEUES: readonly DeadQueue[] = [
  ...MESSAGE_WAY,
  ofQueue('run-task', 'Task'),
  ofStream('project', 'Project'),
  ofStream('announce', 'Announce'),
];

/** Throws a Problem that lists the names there are. */
export const deadQueue = (name: string): DeadQueue => {
  const found = DEAD_QUEUES.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new Problem(
    `There is no queue "${name}". There are: ${DEAD_QUEUES.map((one) => one.name).join(', ')}.`,
  );
};

/** As the function of an entry is called on AWS, and its log group after it. */
export const functionNameOf = (stage: string, worker: string): string => `posthorn-${stage}-${worker}`;

/** The name of a queue, from its URL. */
export const queueNameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
