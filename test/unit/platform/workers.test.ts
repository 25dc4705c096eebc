import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { queueWorker } from '../../../functions/platform/lambda/queue-worker.ts';
import { streamWorker } from '../../../functions/platform/lambda/stream-worker.ts';
import type { DeadLetter } from '../../../functions/platform/sqs/dead-letter.port.ts';
import type { FailedReceive } from '../../../functions/platform/lambda/failure-log.dynamo.ts';

const context = { functionName: 'fan-out', awsRequestId: 'request-1' } as Context;
const services = { failureLog: { recordFailure: () => Promise.resolve() } };
const record = (messageId: string) =>
  ({
    messageId,
    body: messageId,
    eventSourceARN: 'arn:queue',
    attributes: { ApproximateReceiveCount: '1' },
  }) as SQSRecord;
const event = (...ids: string[]): SQSEvent => ({ Records: ids.map(record) });
const failing = (bad: string) => (one: SQSRecord) =>
  one.body.startsWith(bad) ? Promise.reject(new Error('no')) : Promise.resolve();

describe('a queue’s worker', () => {
  it('gives back the records that failed, and no other', async () => {
    const handler = queueWorker(
      () => services,
      () => failing('bad'),
    );
    expect(await handler(event('a', 'bad-1', 'b', 'bad-2'), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'bad-1' }, { itemIdentifier: 'bad-2' }],
    });
  });

  it('gives back all where all failed, without failing itself', async () => {
    const handler = queueWorker(
      () => services,
      () => failing(''),
    );
    expect((await handler(event('a', 'b'), context)).batchItemFailures).toHaveLength(2);
  });

  it('fails as a whole where the batch could not be prepared, so that all come again', async () => {
    const handler = queueWorker(
      () => services,
      () => Promise.reject(new Error('no table')),
    );
    await expect(handler(event('a'), context)).rejects.toThrow('no table');
  });

  it('starts once, and again where the start failed', async () => {
    const build = vi.fn().mockRejectedValueOnce(new Error('no secret')).mockResolvedValue(services);
    const handler = queueWorker(build, () => failing('bad'));
    await expect(handler(event('a'), context)).rejects.toThrow('no secret');
    await handler(event('a'), context);
    await handler(event('a'), context);
    expect(build).toHaveBeenCalledTimes(2);
  });
});

describe('a stream’s worker', () => {
  const change = (value: string) => ({
    eventName: 'INSERT',
    eventSourceARN: 'arn:stream',
    dynamodb: {
      ...{ Keys: {}, SequenceNumber: `n-${value}`, NewImage: { value: { S: value } } },
      ...(value.startsWith('old') ? { ApproximateCreationDateTime: 1_700_000_000 } : {}),
    },
  });
  const eachBy =
    (work: (item: string) => Promise<void>) =>
    (items: readonly string[]): Promise<readonly PromiseSettledResult<void>[]> =>
      Promise.allSettled(items.map(work));
  const makeBench = (work: (items: readonly string[]) => Promise<readonly PromiseSettledResult<void>[]>) => {
    const deadLetters: DeadLetter[] = [];
    const remembered: FailedReceive[] = [];
    const recordFailure = async (failed: FailedReceive) => void remembered.push(failed);
    const handler = streamWorker<string>(
      () => ({
        ...{ work, failureLog: { recordFailure } },
        deadLetters: { send: async (some) => void deadLetters.push(...some) },
      }),
      ({ after }) => {
        const value = String(after?.['value']);
        if (value === 'poison') throw new Error('what is this');
        return value === 'other' ? undefined : value;
      },
    );
    return {
      deadLetters,
      remembered,
      run: (...values: string[]) => handler({ Records: values.map(change) }, context),
    };
  };

  it('does what can be done, and puts what never can into the dead letter queue', async () => {
    const done: string[] = [];
    const { run, deadLetters } = makeBench(eachBy(async (item) => void done.push(item)));
    await run('a', 'poison', 'other', 'b');
    expect(done).toEqual(['a', 'b']);
    expect(deadLetters).toMatchObject([{ reason: 'what is this', requestId: 'request-1' }]);
  });

  it('fails as a whole for what may pass, and sets nothing aside before that has passed', async () => {
    const { run, deadLetters, remembered } = makeBench(() => Promise.reject(new RangeError('throttled')));
    await expect(run('a', 'poison')).rejects.toThrow('throttled');
    expect(deadLetters).toEqual([]);
    expect(remembered).toMatchObject([
      {
        ...{ queue: 'fan-out', record: 'arn:stream/n-a', requestId: 'request-1' },
        ...{ errorClass: 'RangeError', message: 'throttled' },
      },
    ]);
  });

  it('tries a record that fails again, and after five minutes dead-letters it so that its shard goes on', async () => {
    const done: string[] = [];
    const { run, deadLetters } = makeBench(
      eachBy(async (item) => {
        if (item.endsWith('bad')) throw new RangeError('throttled');
        done.push(item);
      }),
    );
    await expect(run('a', 'poison', 'bad', 'b')).rejects.toThrow('throttled');
    expect([done, deadLetters]).toEqual([['a', 'b'], []]);
    await run('a', 'old-bad', 'b');
    expect(done).toEqual(['a', 'b', 'a', 'b']);
    expect(deadLetters).toMatchObject([
      { sequenceNumber: 'n-old-bad', errorClass: 'RangeError', reason: 'throttled' },
    ]);
  });

  it('does not start work for changes that are not its business', async () => {
    const { run } = makeBench(() => Promise.reject(new Error('never called')));
    await run('other', 'other');
  });
});
