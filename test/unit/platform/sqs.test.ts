import type { SqsClient } from '../../../functions/platform/aws/command.ts';
import type { SendMessageBatchCommand } from '../../../functions/platform/aws/commands.ts';
import { describe, expect, it } from 'vitest';
import type { SQSRecord } from 'aws-lambda';
import { makeDeadLetterRecord } from '../../../functions/platform/sqs/dead-letter-record.sqs.ts';
import { makeDeadLetters } from '../../../functions/platform/sqs/dead-letters.sqs.ts';
import { makeDeliveryQueue } from '../../../functions/deliver/queue/delivery-queue.sqs.ts';
import { formatDelivery, parseQueueMessage } from '../../../functions/deliver/queue/queue-message.ts';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeSendAll, makeSendEach } from '../../../functions/platform/sqs/client.sqs.ts';
import { delivery } from '../../support/simulation/builders.ts';

type Entries = NonNullable<SendMessageBatchCommand['input']['Entries']>;

/** A queue that refuses entries with these bodies the given number of times. */
const makeQueue = (refusals: Readonly<Record<string, number>> = {}) => {
  const refusalsLeft = new Map(Object.entries(refusals));
  const calls: Entries[] = [];
  const client = {
    send: async ({ input }: SendMessageBatchCommand) => {
      const entries = input.Entries ?? [];
      calls.push(entries);
      const refused = entries.filter(({ MessageBody = '' }) => (refusalsLeft.get(MessageBody) ?? 0) > 0);
      for (const { MessageBody = '' } of refused)
        refusalsLeft.set(MessageBody, (refusalsLeft.get(MessageBody) ?? 0) - 1);
      return { Failed: refused.map(({ Id }) => ({ Id, Code: 'ThrottlingException', SenderFault: false })) };
    },
  } as unknown as SqsClient;
  return {
    client,
    calls,
    bodies: () => calls.map((entries) => entries.map(({ MessageBody }) => MessageBody)),
  };
};
const entry = (body: string) => ({ body, group: 'g' });

describe('SQS batch sender', () => {
  it('sends ten entries per call', async () => {
    const { client, calls } = makeQueue();
    await makeSendAll(client, 'url')(Array.from({ length: 23 }, (_, index) => entry(`b${index}`)));
    expect(calls.map(({ length }) => length)).toEqual([10, 10, 3]);
    for (const call of calls) expect(new Set(call.map(({ Id }) => Id)).size).toBe(call.length);
  });

  it('splits a call that one entry makes invalid, so that only this entry fails', async () => {
    const sent: string[] = [];
    const client = {
      send: async ({ input: { Entries = [] } }: SendMessageBatchCommand) => {
        const bodies = Entries.map(({ MessageBody = '' }) => MessageBody);
        if (bodies.includes('bad'))
          throw Object.assign(new Error('too long'), { name: 'BatchRequestTooLong' });
        sent.push(...bodies);
        return {};
      },
    } as unknown as SqsClient;
    const outcomes = await makeSendEach(client, 'url')(['a', 'b', 'bad', 'c'].map(entry));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(sent).toEqual(['a', 'b', 'c']);
  });

  it('makes no call without entries', async () => {
    const { client, calls } = makeQueue();
    await makeSendAll(client, 'url')([]);
    expect(calls).toEqual([]);
  });

  it('sends only the refused entries again', async () => {
    const { client, bodies } = makeQueue({ b: 2, c: 1 });
    await makeSendAll(client, 'url')(['a', 'b', 'c'].map(entry));
    expect(bodies()).toEqual([['a', 'b', 'c'], ['b', 'c'], ['b']]);
  });

  it('throws when an entry stays refused', async () => {
    const { client } = makeQueue({ b: 99 });
    await expect(makeSendAll(client, 'url')(['a', 'b'].map(entry))).rejects.toThrow('rejected 1 of 2');
  });
});

describe('delivery queue', () => {
  it('uses the application as fair-queue group and the given delay', async () => {
    const { client, calls } = makeQueue();
    await makeDeliveryQueue(client, 'url').send([{ delivery: delivery(), delaySeconds: 7 }]);
    const [sent] = calls[0]!;
    expect(sent).toMatchObject({ MessageGroupId: delivery().appId, DelaySeconds: 7 });
    expect(parseQueueMessage(sent!.MessageBody!)).toEqual({ kind: 'delivery', delivery: delivery() });
  });

  it('sends unreadable records unchanged', async () => {
    const { client, bodies } = makeQueue();
    await makeDeliveryQueue(client, 'url').sendUnreadable(['{"v":99}']);
    expect(bodies()).toEqual([['{"v":99}']]);
  });
});

describe('dead letters of a stream', () => {
  it('contain keys and reason, in a message group that fits for long stream names', async () => {
    const { client, calls } = makeQueue();
    const source = `arn:aws:dynamodb:ap-southeast-2:123456789012:table/${'t'.repeat(80)}/stream/2026-11-23T04:19:57.172`;
    const deadLetter = {
      source,
      keys: '{}',
      change: 'INSERT' as const,
      requestId: 'r',
      sequenceNumber: '1',
      errorClass: 'ZodError',
      reason: 'r'.repeat(9_000),
    };
    await makeDeadLetters(client, 'url').send([deadLetter]);
    const [sent] = calls[0]!;
    expect(sent!.MessageGroupId!.length).toBeLessThanOrEqual(128);
    expect(JSON.parse(sent!.MessageBody!)).toMatchObject({ source, keys: '{}', reason: 'r'.repeat(4_000) });
  });
});

describe('sends to the delivery queue', () => {
  const to = (index: number) => ({
    delivery: delivery({ endpointId: endpointId(`ep_${index}`) }),
    delaySeconds: 5,
  });
  const bodyOf = (index: number) => formatDelivery(to(index).delivery);

  it('share calls where they come together', async () => {
    const { client, calls } = makeQueue();
    const queue = makeDeliveryQueue(client, 'url');
    await Promise.all(Array.from({ length: 12 }, (_, index) => queue.send([to(index)])));
    expect(calls.map(({ length }) => length)).toEqual([10, 2]);
    await queue.send([]);
    expect(calls).toHaveLength(2);
  });

  it('fail alone where the queue keeps refusing an entry of theirs', async () => {
    const { client } = makeQueue({ [bodyOf(2)]: Number.POSITIVE_INFINITY });
    const queue = makeDeliveryQueue(client, 'url');
    const outcomes = await Promise.allSettled([
      queue.send([to(0), to(1)]),
      queue.send([to(2), to(3)]),
      queue.send([to(4)]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

describe('a record that its worker dead-letters', () => {
  it('keeps its body, message group and attributes, and carries the message id that the failure log knows', async () => {
    const queue = makeQueue();
    const attributes = { ApproximateReceiveCount: '7', MessageGroupId: 'app_1' };
    const messageAttributes = { eventId: { dataType: 'String', stringValue: 'e-1' } };
    const record = { messageId: 'r-1', body: 'text', attributes, messageAttributes } as unknown as SQSRecord;
    await makeDeadLetterRecord(queue.client, 'https://sqs/dlq')(record);
    expect(queue.calls).toMatchObject([
      [
        {
          ...{ MessageBody: 'text', MessageGroupId: 'app_1' },
          MessageAttributes: {
            record: { DataType: 'String', StringValue: 'r-1' },
            eventId: { DataType: 'String', StringValue: 'e-1' },
          },
        },
      ],
    ]);
  });
});
