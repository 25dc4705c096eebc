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
  const remembered: FailedReceive[] = [];
  const keep = (failed: FailedReceive) => {
    remembered.push(failed);
    return Promise.resolve();
  };
  const worker = queueWorker(() => ({ failureLog: { recordFailure: recordFailure ?? keep } }), prepare);
  const event = { Records: [record('good'), record('bad')] } as unknown as SQSEvent;
  const answer = await worker(event, { awsRequestId: 'request-1' } as Context);
  return { remembered, failed: answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
};

const failing: WorkRecord = ({ body }) =>
  body === 'bad' ? Promise.reject(new TypeError('no such thing')) : Promise.resolve();

describe('a record that fails', () => {
  it('leaves its reason, and the one beside it leaves none', async () => {
    const { remembered, failed } = await run(() => failing);
    expect(failed).toEqual(['bad']);
    expect(remembered).toMatchObject([
      {
        ...{ queue: 'DeliveryQueue', record: 'bad', errorClass: 'TypeError', message: 'no such thing' },
        ...{ receives: 3, requestId: 'request-1' },
      },
    ]);
  });

  it('with its whole batch leaves a reason for each', async () => {
    const remembered: FailedReceive[] = [];
    const failed = run(
      () => {
        throw new Error('table busy');
      },
      (one) => {
        remembered.push(one);
        return Promise.resolve();
      },
    );
    await expect(failed).rejects.toThrow('table busy');
    expect(remembered.map(({ record: id, message }) => [id, message])).toEqual([
      ['good', 'table busy'],
      ['bad', 'table busy'],
    ]);
  });

  it('comes again, also where its reason cannot be written', async () => {
    const { failed } = await run(
      () => failing,
      () => Promise.reject(new Error('throttled')),
    );
    expect(failed).toEqual(['bad']);
  });
});
