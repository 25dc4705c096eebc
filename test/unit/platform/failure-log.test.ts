import type { Context, SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { queueWorker } from '../../../functions/platform/lambda/queue-worker.ts';
import type { WorkRecord } from '../../../functions/platform/lambda/queue-worker.ts';
import type { FailedReceive } from '../../../functions/platform/lambda/failure-log.dynamo.ts';

const record = (messageId: string) => ({
  messageId,
  body: messageId,
  eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:DeliveryQueue',
  attributes: { ApproximateReceiveCount: '3' },
});

const run = async (prepare: () => WorkRecord, recordFailure?: (failed: FailedReceive) => Promise<void>) => {
  const recorded: FailedReceive[] = [];
  const keep = (failed: FailedReceive) => {
    recorded.push(failed);
    return Promise.resolve();
  };
  const worker = queueWorker(
    () => ({
      failureLog: { recordFailure: recordFailure ?? keep, countStart: () => Promise.resolve(1) },
      deadLetterRecord: () => Promise.resolve(),
    }),
    prepare,
    () => ({}),
    5,
  );
  const event = { Records: [record('good'), record('bad')] } as unknown as SQSEvent;
  const answer = await worker(event, { awsRequestId: 'request-1' } as Context);
  return { recorded, failed: answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
};

const failing: WorkRecord = ({ body }) =>
  body === 'bad' ? Promise.reject(new TypeError('no such thing')) : Promise.resolve();

describe('failure log of a queue worker', () => {
  it('records why a record failed, and nothing for the records beside it', async () => {
    const { recorded, failed } = await run(() => failing);
    expect(failed).toEqual(['bad']);
    expect(recorded).toMatchObject([
      {
        ...{ queue: 'DeliveryQueue', record: 'bad', errorClass: 'TypeError', message: 'no such thing' },
        ...{ receives: 3, requestId: 'request-1' },
      },
    ]);
  });

  it('records each record when the whole batch fails', async () => {
    const recorded: FailedReceive[] = [];
    const failed = run(
      () => {
        throw new Error('table busy');
      },
      (one) => {
        recorded.push(one);
        return Promise.resolve();
      },
    );
    await expect(failed).rejects.toThrow('table busy');
    expect(recorded.map(({ record: id, message }) => [id, message])).toEqual([
      ['good', 'table busy'],
      ['bad', 'table busy'],
    ]);
  });

  it('reports the record as failed even when its failure cannot be recorded', async () => {
    const { failed } = await run(
      () => failing,
      () => Promise.reject(new Error('throttled')),
    );
    expect(failed).toEqual(['bad']);
  });
});
