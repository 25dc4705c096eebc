import type { DeleteMessageCommandInput, DeleteMessageCommandOutput } from '@aws-sdk/client-sqs';
import type { ReceiveMessageCommandInput, ReceiveMessageCommandOutput } from '@aws-sdk/client-sqs';
import type { GetQueueAttributesCommandInput, GetQueueAttributesCommandOutput } from '@aws-sdk/client-sqs';
import type { CreateQueueCommandInput, CreateQueueCommandOutput } from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import type { SweepQueue } from '../../../functions/deliver/retries/sweep.flow.ts';
import { makeDeliveryQueue } from '../../../functions/deliver/queue/delivery-queue.sqs.ts';
import { parseQueueMessage } from '../../../functions/deliver/queue/queue-message.ts';
import { eventually } from '../../support/poll.ts';
import { APP, ENDPOINT, NOON, ORG, delivery } from '../../support/simulation/builders.ts';
import { makeClock } from '../../support/simulation/clock.ts';
import { makeQueue } from '../../support/simulation/queue.ts';
import type { QueueRecord } from '../../support/simulation/queue.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { makeDeliveryQueue as makeMemoryQueue } from '../../support/simulation/simulation.ts';
import { raw } from '../../support/raw-calls.ts';
import { useEmulator, emulatorSqs } from '../emulator.ts';

/** A queue that dead-letters records after two receives. */
interface Adapter {
  readonly queue: SweepQueue;
  /** Waits until at least one record is visible. */
  readonly receive: () => Promise<readonly (QueueRecord & { readonly handle: string })[]>;
  readonly acknowledge: (handle: string) => Promise<unknown>;
  readonly deadBody: () => Promise<string>;
}
/** Much longer than a test takes between receiving and acknowledging a record. */
const VISIBILITY_SECONDS = 600;
const MAX_RECEIVES = 2;

/** Creates a queue with this visibility timeout. */
type MakeAdapter = (visibilitySeconds?: number) => Promise<Adapter>;

const memoryAdapter: MakeAdapter = async (visibilitySeconds = VISIBILITY_SECONDS) => {
  const clock = makeClock(NOON);
  const options = { clock, random: makeRandom(1), maxReceives: MAX_RECEIVES };
  const queue = makeQueue({ ...options, visibilityMs: visibilitySeconds * 1000 });
  const passing = async <Found>(look: () => Found | undefined): Promise<Found> => {
    for (;;) {
      await clock.runUntil(clock.now() + 100);
      const found = look();
      if (found !== undefined) return found;
    }
  };
  const receive = () => {
    const records = queue.receive(10);
    return records.length === 0 ? undefined : records.map((one) => ({ ...one, handle: one.messageId }));
  };
  return {
    queue: makeMemoryQueue(queue),
    receive: () => passing(receive),
    acknowledge: async (handle) => queue.acknowledge(handle),
    deadBody: () =>
      passing(() => {
        queue.receive(10);
        return queue.deadLetters[0];
      }),
  };
};

const sqsAdapter: MakeAdapter = async (visibilitySeconds = VISIBILITY_SECONDS) => {
  useEmulator();
  const sqs = emulatorSqs();
  const create = async (name: string, attributes: Record<string, string>) => {
    const { QueueUrl = '' } = await sqs.send(
      raw<CreateQueueCommandInput, CreateQueueCommandOutput>('SQS', 'CreateQueue', {
        QueueName: name,
        Attributes: attributes,
      }),
    );
    return QueueUrl;
  };
  const dead = await create(`dead-${randomUUID()}`, {});
  const { Attributes } = await sqs.send(
    raw<GetQueueAttributesCommandInput, GetQueueAttributesCommandOutput>('SQS', 'GetQueueAttributes', {
      QueueUrl: dead,
      AttributeNames: ['QueueArn'],
    }),
  );
  const url = await create(`queue-${randomUUID()}`, {
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: Attributes?.QueueArn,
      maxReceiveCount: MAX_RECEIVES,
    }),
  });
  const look = async (queueUrl: string) => {
    const { Messages = [] } = await sqs.send(
      raw<ReceiveMessageCommandInput, ReceiveMessageCommandOutput>('SQS', 'ReceiveMessage', {
        ...{ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 },
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', Attributes: found }) => ({
      ...{ messageId: MessageId, body: Body, handle: ReceiptHandle },
      receives: Number(found?.ApproximateReceiveCount),
    }));
  };
  const receive = (from = url) =>
    eventually(
      () => look(from),
      (records) => records.length > 0,
    );
  return {
    queue: makeDeliveryQueue(sqs, url),
    receive,
    acknowledge: (handle) =>
      sqs.send(
        raw<DeleteMessageCommandInput, DeleteMessageCommandOutput>('SQS', 'DeleteMessage', {
          QueueUrl: url,
          ReceiptHandle: handle,
        }),
      ),
    deadBody: async () => {
      const records = await eventually(
        async () => {
          await look(url); // SQS dead-letters a record on the receive after the last one
          return look(dead);
        },
        (found) => found.length > 0,
      );
      return records[0]!.body;
    },
  };
};

const ADAPTERS: readonly (readonly [string, MakeAdapter])[] = [
  ['in memory', memoryAdapter],
  ['on SQS', sqsAdapter],
];
const to = (index: number) => ({
  delivery: delivery({ endpointId: endpointId(`ep_${index}`) }),
  delaySeconds: 0,
});

describe.each(ADAPTERS)('delivery queue %s', (_, makeAdapter) => {
  it('delivers every record once when each is acknowledged', async () => {
    const { queue, receive, acknowledge } = await makeAdapter();
    const sent = Array.from({ length: 23 }, (__, index) => to(index));
    await queue.send(sent);
    const seen = new Map<string, unknown>();
    while (seen.size < sent.length) {
      for (const { messageId, body, receives, handle } of await receive()) {
        expect([receives, seen.has(messageId)]).toEqual([1, false]);
        seen.set(messageId, parseQueueMessage(body));
        await acknowledge(handle);
      }
    }
    const expected = sent.map((one) => ({ kind: 'delivery', delivery: one.delivery }));
    expect([...seen.values()]).toEqual(expect.arrayContaining(expected));
  });

  it('redelivers a record that was not acknowledged and dead-letters it after the last receive', async () => {
    const { queue, receive, deadBody } = await makeAdapter(1);
    await queue.send([to(1)]);
    const [first] = await receive();
    const [second] = await receive();
    expect([first!.receives, second!.receives]).toEqual([1, 2]);
    expect(second!.messageId).toBe(first!.messageId);
    expect(await deadBody()).toBe(first!.body);
  });

  it('delays a record as requested', async () => {
    const { queue, receive, acknowledge } = await makeAdapter();
    await queue.send([{ ...to(1), delaySeconds: 5 }, to(2)]);
    const [early] = await receive();
    await acknowledge(early!.handle);
    const [late] = await receive();
    expect([early, late].map((record) => parseQueueMessage(record!.body))).toMatchObject([
      { delivery: { endpointId: 'ep_2' } },
      { delivery: { endpointId: 'ep_1' } },
    ]);
  });

  it('carries drain timers and unreadable records', async () => {
    const { queue, receive, acknowledge } = await makeAdapter();
    const drainTimer = { orgId: ORG, appId: APP, endpointId: ENDPOINT, at: NOON, step: 0 };
    await queue.drainTimer(drainTimer, 0);
    const [timer] = await receive();
    expect(parseQueueMessage(timer!.body)).toEqual({ kind: 'drainTimer', drainTimer });
    await acknowledge(timer!.handle);
    await queue.sendUnreadable(['{"v":99}']);
    expect((await receive())[0]!.body).toBe('{"v":99}');
  });

  it('accepts an empty batch', async () => {
    const { queue } = await makeAdapter();
    await queue.send([]);
    await queue.sendUnreadable([]);
  });
});
