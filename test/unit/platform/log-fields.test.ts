import type { Context, SQSEvent } from 'aws-lambda';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Delivery } from '../../../functions/deliver/delivery.port.ts';
import type { DeliveryOutcome } from '../../../functions/deliver/delivery-record.ts';
import { startDeliveryBatch } from '../../../functions/deliver/queue/delivery-batch.ts';
import { formatDelivery, queueMessageLogFields } from '../../../functions/deliver/queue/queue-message.ts';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import type { FailedReceive } from '../../../functions/platform/lambda/failure-log.dynamo.ts';
import { logger } from '../../../functions/platform/lambda/logger.ts';
import { queueWorker } from '../../../functions/platform/lambda/queue-worker.ts';
import { streamWorker } from '../../../functions/platform/lambda/stream-worker.ts';
import { STREAM_RETRY_FOR_MS } from '../../../functions/platform/limits/streams.domain.ts';
import { APP, MESSAGE, NOON, ORG, delivery } from '../../support/simulation/builders.ts';

// The logger takes its level when it is imported.
vi.hoisted(() => vi.stubEnv('LOG_LEVEL', 'INFO'));
afterAll(() => void vi.unstubAllEnvs());
afterEach(() => vi.restoreAllMocks());

type Line = Readonly<Record<string, unknown>>;

/** The log lines that the work writes, without the summary of the batch. */
const linesOf = async (work: () => Promise<unknown>): Promise<readonly Line[]> => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  write.mockClear();
  errors.mockClear();
  await work();
  return [...write.mock.calls, ...errors.mock.calls]
    .map(([line]) => JSON.parse(String(line)) as Line)
    .filter(({ message }) => message !== 'batch processed');
};

const context = { functionName: 'deliver', awsRequestId: 'request-1' } as Context;

/** Runs a delivery worker whose deliveries end with the given outcomes; returns its log and failure log. */
const deliverAll = async (
  deliveries: readonly (Delivery | string)[],
  deliver: (one: Delivery) => Promise<DeliveryOutcome>,
) => {
  const failures: FailedReceive[] = [];
  const handler = queueWorker(
    () => ({
      failureLog: {
        recordFailure: async (failed: FailedReceive) => void failures.push(failed),
        countStart: async () => 1,
      },
      deadLetterRecord: async () => undefined,
    }),
    (_, records) =>
      startDeliveryBatch(
        {
          startBatch: (received) => ({
            deliver: (index) => deliver(received[index]!.delivery),
            finish: async () => undefined,
          }),
          drain: async () => ({ kind: 'overtaken' }),
        },
        records,
        () => 60_000,
      ),
    queueMessageLogFields,
    5,
  );
  const event = {
    Records: deliveries.map((one, index) => ({
      messageId: `r${index}`,
      body: typeof one === 'string' ? one : formatDelivery(one),
      eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:DeliveryQueue',
      attributes: { ApproximateReceiveCount: '3' },
    })),
  } as SQSEvent;
  const lines = await linesOf(async () => handler(event, context));
  return { failures, lines };
};

const to = (id: string, number = 1) =>
  delivery({ endpointId: endpointId(id), trigger: { kind: 'scheduled', number } });
const attempted = async (): Promise<DeliveryOutcome> => ({ kind: 'waiting' });

describe('queue worker log', () => {
  it('has a line for a failed record under the request id that the failure log names', async () => {
    const { failures, lines } = await deliverAll([to('ep_ok'), to('ep_bad', 4)], (one) =>
      one.endpointId === 'ep_bad' ? Promise.reject(new RangeError('no table')) : attempted(),
    );
    expect(failures).toHaveLength(1);
    expect(lines.filter((line) => line['function_request_id'] === failures[0]!.requestId)).toMatchObject([
      {
        ...{
          level: 'ERROR',
          record: 'r1',
          receives: '3',
          error: { name: 'RangeError', message: 'no table' },
        },
        ...{ orgId: ORG, appId: APP, messageId: MESSAGE, endpointId: 'ep_bad', attemptNumber: 4 },
      },
    ]);
  });

  it('gives each line the fields of its own record while records are processed concurrently', async () => {
    const { lines } = await deliverAll([to('ep_a', 1), to('ep_b', 2), to('ep_c', 3)], async (one) => {
      logger.info('before', { of: one.endpointId });
      await new Promise((resolve) => setImmediate(resolve));
      logger.info('after', { of: one.endpointId });
      return attempted();
    });
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line['endpointId']).toBe(line['of']);
  });

  it('says why a delivery was canceled or ended without an attempt, and has no line for an attempted one', async () => {
    const outcomes: Record<string, DeliveryOutcome> = {
      ep_off: { kind: 'canceled', reason: 'endpoint_disabled' },
      ep_resent: { kind: 'ended' },
    };
    const { lines } = await deliverAll(
      [to('ep_ok'), to('ep_off'), to('ep_resent')],
      async (one) => outcomes[one.endpointId] ?? attempted(),
    );
    expect(lines).toMatchObject([
      { endpointId: 'ep_off', messageId: MESSAGE, attemptNumber: 1, reason: 'endpoint_disabled' },
      { endpointId: 'ep_resent', messageId: MESSAGE, attemptNumber: 1 },
    ]);
  });

  it('has a line without delivery fields for a record that cannot be parsed', async () => {
    const { lines } = await deliverAll(['no json'], attempted);
    expect(lines).toMatchObject([{ level: 'ERROR', record: 'r0', function_request_id: 'request-1' }]);
    expect(lines[0]).not.toHaveProperty('orgId');
  });
});

describe('stream worker log', () => {
  afterEach(() => void vi.useRealTimers());

  const makeRun = (work: () => Promise<readonly PromiseSettledResult<unknown>[]>, seconds: number) => {
    const failures: FailedReceive[] = [];
    const handler = streamWorker<string>(
      () => ({
        ...{ work, deadLetters: { send: async () => undefined } },
        failureLog: { recordFailure: async (failed) => void failures.push(failed) },
      }),
      () => 'item',
    );
    const Keys = { pk: { S: `o#${ORG}#a#${APP}#m` }, sk: { S: MESSAGE } };
    const record = {
      ...{ eventName: 'INSERT', eventSourceARN: 'arn:stream' },
      dynamodb: { Keys, SequenceNumber: '7', ApproximateCreationDateTime: seconds },
    };
    return (): Promise<unknown> => handler({ Records: [record] }, context).catch(() => undefined);
  };

  it('names what a dead-lettered record was about, and why it failed', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const reason = new RangeError('no table');
    const run = makeRun(async () => [{ status: 'rejected', reason }], NOON / 1000);
    expect(await linesOf(run)).toMatchObject([{ level: 'ERROR', error: { message: 'no table' } }]);
    vi.advanceTimersByTime(STREAM_RETRY_FOR_MS);
    expect(await linesOf(run)).toMatchObject([
      {
        ...{ level: 'ERROR', function_request_id: 'request-1', errorClass: 'RangeError', reason: 'no table' },
        ...{ orgId: ORG, appId: APP, messageId: MESSAGE, sequenceNumber: '7' },
      },
    ]);
  });

  it('has a line for a batch that Lambda retries', async () => {
    const lines = await linesOf(makeRun(() => Promise.reject(new RangeError('throttled')), NOON / 1000));
    expect(lines).toMatchObject([
      { level: 'ERROR', function_request_id: 'request-1', error: { message: 'throttled' } },
    ]);
  });
});
