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
const noFields = () => ({});
const failing = (bad: string) => (one: SQSRecord) =>
  one.body.startsWith(bad) ? Promise.reject(new Error('no')) : Promise.resolve();

describe('queue worker', () => {
  it('returns only the failed records as batch item failures', async () => {
    const handler = queueWorker(
      () => services,
      () => failing('bad'),
      noFields,
    );
    expect(await handler(event('a', 'bad-1', 'b', 'bad-2'), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'bad-1' }, { itemIdentifier: 'bad-2' }],
    });
  });

  it('returns every record when all failed, without throwing', async () => {
    const handler = queueWorker(
      () => services,
      () => failing(''),
      noFields,
    );
    expect((await handler(event('a', 'b'), context)).batchItemFailures).toHaveLength(2);
  });

  it('throws when the batch cannot be prepared, so that SQS redelivers all records', async () => {
    const handler = queueWorker(
      () => services,
      () => Promise.reject(new Error('no table')),
      noFields,
    );
    await expect(handler(event('a'), context)).rejects.toThrow('no table');
  });

  it('builds its services once, and again after a failed start', async () => {
    const build = vi.fn().mockRejectedValueOnce(new Error('no secret')).mockResolvedValue(services);
    const handler = queueWorker(build, () => failing('bad'), noFields);
    await expect(handler(event('a'), context)).rejects.toThrow('no secret');
    await handler(event('a'), context);
    await handler(event('a'), context);
    expect(build).toHaveBeenCalledTimes(2);
  });
});

describe('stream worker', () => {
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
  const makeWorker = (work: (items: readonly string[]) => Promise<readonly PromiseSettledResult<void>[]>) => {
    const deadLetters: DeadLetter[] = [];
    const recorded: FailedReceive[] = [];
    const recordFailure = async (failed: FailedReceive) => void recorded.push(failed);
    const handler = streamWorker<string>(
      () => ({
        ...{ work, failureLog: { recordFailure } },
        deadLetters: { send: async (some) => void deadLetters.push(...some) },
      }),
      ({ after }) => {
        const value = String(after?.['value']);
        if (value === 'poison') throw new Error('unknown form');
        return value === 'other' ? undefined : value;
      },
    );
    return {
      deadLetters,
      recorded,
      run: (...values: string[]) => handler({ Records: values.map(change) }, context),
    };
  };

  it('processes readable records and dead-letters unreadable ones', async () => {
    const done: string[] = [];
    const { run, deadLetters } = makeWorker(eachBy(async (item) => void done.push(item)));
    await run('a', 'poison', 'other', 'b');
    expect(done).toEqual(['a', 'b']);
    expect(deadLetters).toMatchObject([{ reason: 'unknown form', requestId: 'request-1' }]);
  });

  it('throws when all work fails, and dead-letters nothing before the repeat succeeded', async () => {
    const { run, deadLetters, recorded } = makeWorker(() => Promise.reject(new RangeError('throttled')));
    await expect(run('a', 'poison')).rejects.toThrow('throttled');
    expect(deadLetters).toEqual([]);
    expect(recorded).toMatchObject([
      {
        ...{ queue: 'fan-out', record: 'arn:stream/n-a', requestId: 'request-1' },
        ...{ errorClass: 'RangeError', message: 'throttled' },
      },
    ]);
  });

  it('retries a failing record and dead-letters it after five minutes, so that its shard continues', async () => {
    const done: string[] = [];
    const { run, deadLetters } = makeWorker(
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

  it('starts no work for changes that it does not handle', async () => {
    const { run } = makeWorker(() => Promise.reject(new Error('never called')));
    await run('other', 'other');
  });
});
