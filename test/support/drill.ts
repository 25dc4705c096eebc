import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { makeCommands } from '../../scripts/dlq/commands.ts';
import { dlqCommand } from '../../scripts/dlq/options.ts';
import { deadLetterQueue, functionNameOf } from '../../scripts/dlq/queues.ts';
import type { Stage } from '../../scripts/dlq/stage.ts';
import { emulatorStage } from '../../scripts/dlq/stage.ts';
import { eventually } from './poll.ts';

/** What somebody on call has at hand, on the booted stack. */
export interface Drill {
  readonly stage: Stage;
  /** What `npm run dlq -- <line>` prints. */
  readonly dlq: (line: string) => Promise<string>;
  /** The same for `list`, as soon as it says all of this. */
  readonly listed: (...patterns: RegExp[]) => Promise<string>;
  /** After so many seconds a queue gives out again what a worker did not finish. Keep it longer than the work. */
  readonly visibility: (output: string, seconds: number) => Promise<void>;
  /** Puts a record into the queue that a stack's output names. */
  readonly put: (output: string, body: string) => Promise<void>;
  /** The bodies in a dead-letter queue, which stay there. */
  readonly bodies: (name: string) => Promise<readonly string[]>;
}

export const signal = new AbortController().signal;

const READERS = ['fan-out', 'project', 'announce'];
/** A batch of a stream that fails is given up when it is this old (seconds). AWS takes no less than 60. */
const MAX_AGE = 4;

const giveUpSoon = async ({ name, lambda }: Stage): Promise<void> => {
  for (const reader of READERS) {
    const FunctionName = functionNameOf(name, reader);
    const found = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
    for (const { UUID } of found.EventSourceMappings ?? [])
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, MaximumRecordAgeInSeconds: MAX_AGE }));
  }
};

/** What `npm run dlq -- <line>` prints. */
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

/** After so many seconds a queue gives out again what a worker did not finish. Keep it longer than the work. */
export const setVisibility = async (stage: Stage, output: string, seconds: number): Promise<void> => {
  const Attributes = { VisibilityTimeout: String(seconds) };
  await stage.sqs.send(new SetQueueAttributesCommand({ QueueUrl: stage.get(output), Attributes }));
};

/** The booted stack, whose streams give up soon. */
export const openDrill = async (): Promise<Drill> => {
  const stage = bootedStage();
  await giveUpSoon(stage);

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
