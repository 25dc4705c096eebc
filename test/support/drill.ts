import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { makeCommands } from '../../scripts/dlq/commands.ts';
import { dlqCommand } from '../../scripts/dlq/options.ts';
import { deadLetterQueue, functionNameOf } from '../../scripts/dlq/queues.ts';
import type { Stage } from '../../scripts/dlq/stage.ts';
import { emulatorStage } from '../../scripts/dlq/stage.ts';
import { freshSender } from './delivering.ts';
import { eventually } from './poll.ts';

/** The tools of an on-call engineer, on the booted stack. */
export interface Drill {
  readonly stage: Stage;
  /** The output of `npm run dlq -- <line>`. */
  readonly dlq: (line: string) => Promise<string>;
  /** The output of `list`, once it matches all patterns. */
  readonly listed: (...patterns: RegExp[]) => Promise<string>;
  /** Sets the visibility timeout of a queue (seconds); it must be longer than its worker takes. */
  readonly visibility: (output: string, seconds: number) => Promise<void>;
  /** Sends a message to the queue that a stack output names. */
  readonly put: (output: string, body: string) => Promise<void>;
  /** Visible messages of the queue that a stack output names. */
  readonly depth: (output: string) => Promise<number>;
  /** The bodies of messages in a dead-letter queue, which stay there. */
  readonly bodies: (name: string) => Promise<readonly string[]>;
}

export const signal = new AbortController().signal;

const READERS = ['fan-out', 'project', 'announce'];
/** The age (seconds) at which a failing stream batch is dead-lettered. The minimum on AWS is 60. */
const MAX_AGE = 4;

const shortenRetries = async ({ name, lambda }: Stage): Promise<void> => {
  for (const reader of READERS) {
    const FunctionName = functionNameOf(name, reader);
    const found = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
    for (const { UUID } of found.EventSourceMappings ?? [])
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, MaximumRecordAgeInSeconds: MAX_AGE }));
  }
};

/** Runs `npm run dlq -- <line>` and returns its output. */
export const dlqOn =
  (stage: Stage) =>
  async (line: string): Promise<string> => {
    const lines: string[] = [];
    const say = (text: string) => void lines.push(text);
    const commands = makeCommands(() => Promise.resolve(stage), {
      ...{ say, signal, now: () => Date.now(), auditFile: '/dev/null' },
    });
    await dlqCommand(commands, Date.now()).parseAsync(line.split(' '), { from: 'user' });
    return lines.join('\n');
  };

export const bootedStage = (): Stage => {
  const { stage, awsEndpointUrl, outputs } = inject('stack');
  return emulatorStage(stage, awsEndpointUrl, outputs);
};

/** Sets the visibility timeout of a queue (seconds); it must be longer than its worker takes. */
export const setVisibility = async (stage: Stage, output: string, seconds: number): Promise<void> => {
  const Attributes = { VisibilityTimeout: String(seconds) };
  await stage.sqs.send(new SetQueueAttributesCommand({ QueueUrl: stage.get(output), Attributes }));
};

/** From publishing until the attempt is recorded, functions start one after the other: a worker alone takes a third of it. */
const FACTOR = 2;
/** Five receives of a dead-lettered message must fit into a polling deadline. */
const MOST_SECONDS = 45;

/**
 * A short visibility timeout (s), so that tests see soon that a record of a crashed function is received again. It is
 * longer than a worker takes to start and to finish on this machine as busy as it is now: otherwise two workers would get
 * a record at a time, which sends its webhook twice.
 */
export const shortVisibility = async (leastSeconds: number): Promise<number> => {
  const sender = await freshSender();
  await sender.endpoint('pace', '/pace');
  const begunAt = Date.now();
  const { id } = await sender.publish();
  await sender.attempts(String(id));
  const seconds = Math.ceil((FACTOR * (Date.now() - begunAt)) / 1_000);
  return Math.min(Math.max(leastSeconds, seconds), MOST_SECONDS);
};

/** The booted stack, with a short maximum record age of its stream readers. */
export const openDrill = async (): Promise<Drill> => {
  const stage = bootedStage();
  await shortenRetries(stage);

  const dlq = dlqOn(stage);
  return {
    stage,
    dlq,
    listed: (...patterns) =>
      eventually(
        () => dlq('list'),
        (text) => patterns.every((pattern) => pattern.test(text)),
        { what: patterns.join(' and ') },
      ),
    visibility: (output, seconds) => setVisibility(stage, output, seconds),
    put: async (output, body) => {
      await stage.sqs.send(new SendMessageCommand({ QueueUrl: stage.get(output), MessageBody: body }));
    },
    depth: async (output) => {
      const asked = { QueueUrl: stage.get(output), AttributeNames: ['ApproximateNumberOfMessages' as const] };
      const { Attributes = {} } = await stage.sqs.send(new GetQueueAttributesCommand(asked));
      return Number(Attributes['ApproximateNumberOfMessages']);
    },
    bodies: async (dead) => {
      const { Messages = [] } = await stage.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: stage.get(deadLetterQueue(dead).output),
          ...{ MaxNumberOfMessages: 10, VisibilityTimeout: 0 },
        }),
      );
      return Messages.map(({ Body = '' }) => Body);
    },
  };
};
