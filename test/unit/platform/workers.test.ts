import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { queueWorker } from '../../../functions/platform/lambda/queue-worker.ts';
import { streamWorker } from '../../../functions/platform/lambda/stream-worker.ts';
import type { DeadLetter } from '../../../functions/platform/sqs/dead-letter.port.ts';
import type { FailedReceive } from '../../../functions/platform/lambda/failure-log.dynamo.ts';

const context = { functionName: 'fan-out', awsRequestId: 'request-1' } as Context;
const services = {
  failureLog: { recordFailure: () => Promise.resolve(), countStart: () => Promise.resolve(1) },
  deadLetterRecord: () => Promise.resolve(),
};
const record = (messageId: string, receives = 1) =>
  ({
    messageId,
    body: messageId,
    eventSourceARN: 'arn:queue',
    attributes: { ApproximateReceiveCount: String(receives) },
  }) as SQSRecord;
const event = (...ids: string[]): SQSEvent => ({ Records: ids.map((id) => record(id)) });
const noFields = () => ({});
const STARTS = 5;
const failing = (bad: string) => (one: SQSRecord) =>
  one.body.startsWith(bad) ? Promise.reject(new Error('no')) : Promise.resolve();

describe('queue worker', () => {
  it('returns only the failed records as batch item failures', async () => {
    const handler = queueWorker(
      () => services,
      () => failing('bad'),
      noFields,
      STARTS,
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
      STARTS,
    );
    expect((await handler(event('a', 'b'), context)).batchItemFailures).toHaveLength(2);
  });

  it('throws when the batch cannot be prepared, so that SQS redelivers all records', async () => {
    const handler = queueWorker(
      () => services,
      () => Promise.reject(new Error('no table')),
      noFields,
      STARTS,
    );
    await expect(handler(event('a'), context)).rejects.toThrow('no table');
  });

  it('builds its services once, and again after a failed start', async () => {
    const build = vi.fn().mockRejectedValueOnce(new Error('no secret')).mockResolvedValue(services);
    const handler = queueWorker(build, () => failing('bad'), noFields, STARTS);
    await expect(handler(event('a'), context)).rejects.toThrow('no secret');
    await handler(event('a'), context);
    await handler(event('a'), context);
    expect(build).toHaveBeenCalledTimes(2);
  });
});

describe('queue worker: records that were received before', () => {
  const makeWorker = (options: { readonly counting?: boolean; readonly deadLetters?: boolean } = {}) => {
    const starts = new Map<string, number>();
    const dead: string[] = [];
    const done: string[] = [];
    const handler = queueWorker(
      () => ({
        failureLog: {
          recordFailure: () => Promise.resolve(),
          countStart: async ({ record: id }) => {
            if (options.counting === false) throw new Error('table busy');
            starts.set(id, (starts.get(id) ?? 0) + 1);
            return starts.get(id)!;
          },
        },
        deadLetterRecord: async ({ messageId }) => {
          if (options.deadLetters === false) throw new Error('queue busy');
          dead.push(messageId);
        },
      }),
      (_, records) => {
        // A record that crashes the function while the batch is prepared takes the others with it.
        if (records.some(({ body }) => body === 'crash')) throw new Error('crashed');
        return async ({ body }: SQSRecord) => {
          if (body === 'bad') throw new Error('no');
          done.push(body);
        };
      },
      noFields,
      STARTS,
    );
    const receive = (...records: SQSRecord[]) =>
      Promise.resolve(handler({ Records: records }, context)).catch(() => undefined);
    return { starts, dead, done, receive };
  };

  it('works on a record that was throttled a hundred times and never started on', async () => {
    const { dead, done, receive } = makeWorker();
    await receive(record('late', 101));
    expect([dead, done]).toEqual([[], ['late']]);
  });

  it.each(['bad', 'crash'])(
    'dead-letters a record after five starts, with any number of throttles: %s',
    async (body) => {
      const { dead, receive } = makeWorker();
      // Every third receive starts; Lambda throttled the others.
      for (const receives of [1, 4, 7, 10, 13]) await receive(record(body, receives));
      expect(dead).toEqual([]);
      expect(await receive(record(body, 16))).toEqual({ batchItemFailures: [] });
      expect(dead).toEqual([body]);
    },
  );

  it('works on the other records of the batch of a record that crashes it', async () => {
    const { done, receive } = makeWorker();
    for (const receives of [1, 2, 3, 4, 5]) await receive(record('crash', receives), record('a', receives));
    expect(done).toEqual([]);
    await receive(record('crash', 6), record('b'));
    expect(done).toEqual(['b']);
  });

  it('counts nothing for a record that is received for the first time', async () => {
    const { starts, receive } = makeWorker();
    await receive(record('a'), record('bad'));
    expect(starts.size).toBe(0);
  });

  it('works on a record whose starts cannot be counted', async () => {
    const { dead, done, receive } = makeWorker({ counting: false });
    await receive(record('a', 9));
    expect([dead, done]).toEqual([[], ['a']]);
  });

  it('receives a record again that its dead-letter queue did not accept', async () => {
    const { receive } = makeWorker({ deadLetters: false });
    for (const receives of [1, 2, 3, 4, 5]) await receive(record('bad', receives));
    expect(await receive(record('bad', 6), record('a'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'bad' }],
    });
  });
});

describe('stream worker', () => {
  afterEach(() => void vi.useRealTimers());
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

  it('retries a failing record for five minutes from its first failure, however old it was then, and dead-letters it after that, so that its shard continues', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const done: string[] = [];
    const { run, deadLetters } = makeWorker(
      eachBy(async (item) => {
        if (item.endsWith('bad')) throw new RangeError('throttled');
        done.push(item);
      }),
    );
    await expect(run('a', 'poison', 'old-bad', 'b')).rejects.toThrow('throttled');
    vi.advanceTimersByTime(299_000);
    await expect(run('old-bad', 'b')).rejects.toThrow('throttled');
    expect([done, deadLetters]).toEqual([['a', 'b', 'b'], []]);
    vi.advanceTimersByTime(1_000);
    await run('old-bad', 'b');
    expect(done).toEqual(['a', 'b', 'b', 'b']);
    expect(deadLetters).toMatchObject([
      { sequenceNumber: 'n-old-bad', errorClass: 'RangeError', reason: 'throttled' },
    ]);
  });

  it('counts the five minutes for each record, and not while another one keeps the batch failing', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { run, deadLetters } = makeWorker(eachBy(() => Promise.reject(new RangeError('throttled'))));
    await expect(run('old-1')).rejects.toThrow('throttled');
    vi.advanceTimersByTime(300_000);
    await expect(run('old-1', 'old-2')).rejects.toThrow('throttled');
    expect(deadLetters).toEqual([]);
    await run('old-1');
    expect(deadLetters).toMatchObject([{ sequenceNumber: 'n-old-1' }]);
  });

  it('never gives up a replayed record, which has no instant: its caller gets the error', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { run, deadLetters } = makeWorker(eachBy(() => Promise.reject(new RangeError('throttled'))));
    await expect(run('bad')).rejects.toThrow('throttled');
    vi.advanceTimersByTime(3_600_000);
    await expect(run('bad')).rejects.toThrow('throttled');
    expect(deadLetters).toEqual([]);
  });

  it('starts no work for changes that it does not handle', async () => {
    const { run } = makeWorker(() => Promise.reject(new Error('never called')));
    await run('other', 'other');
  });
});
