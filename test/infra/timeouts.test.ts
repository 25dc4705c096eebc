import { describe, expect, it } from 'vitest';
import { AWS_CALLS, EMULATOR_CALL_MS } from '../../functions/platform/limits/aws-calls.domain.ts';
import {
  ABANDONED_AFTER_MS,
  ATTEMPT_MARGIN_MS,
  DELIVERY_TIMEOUT_SECONDS,
  DUPLICATE_CLAIM_SECONDS,
  DUPLICATE_DELAY_MS,
  LEAST_BODY_MS,
  LONGEST_WAIT_MS,
  PROBE_LEASE_MS,
  PROBE_LOST_AFTER_MS,
  REQUEST_TIMEOUT_SECONDS,
} from '../../functions/platform/limits/delivery.domain.ts';
import { STARTS } from '../../functions/platform/limits/queues.domain.ts';
import { parseStage } from '../../lib/config.ts';
import { SHAPES, SHAPE_CONFIGS } from './shapes.ts';
import { ofType, target } from './synth.ts';

/** Time that a function needs after the longest AWS call to respond or to log why it failed. */
const MARGIN_MS = 10_000;
/** Lambda's and SQS's own limits, in seconds. */
const LONGEST_FUNCTION = 900;
const LONGEST_VISIBILITY = 43_200;

const LONGEST_REQUEST_MS = REQUEST_TIMEOUT_SECONDS.most * 1_000 + LEAST_BODY_MS;

describe.each(Object.entries(SHAPES))('timeouts of %s', (shape, synthesized) => {
  const { service } = synthesized();
  const functions = ofType(service, 'AWS::Lambda::Function');
  const timeoutOf = (id: string): number => Number(service[id]?.Properties.Timeout);

  it.each(functions)('%s outlives the longest call to any AWS service', (id) => {
    expect(timeoutOf(id)).toBeLessThanOrEqual(LONGEST_FUNCTION);
    for (const { totalMs } of Object.values(AWS_CALLS))
      expect(totalMs + MARGIN_MS).toBeLessThanOrEqual(timeoutOf(id) * 1_000);
    expect(EMULATOR_CALL_MS).toBeLessThan(timeoutOf(id) * 1_000);
  });

  it.each(['DeliverFunction', 'DeliverBulkFunction', 'DeliverSlowFunction'])(
    '%s outlives the longest request and its record',
    (id) => {
      expect(timeoutOf(id) * 1_000).toBeGreaterThan(LONGEST_REQUEST_MS + ATTEMPT_MARGIN_MS - LEAST_BODY_MS);
    },
  );

  /** By its logical id, or that of its alias in the parts of a name. */
  const functionOf = (called: unknown): string => {
    const [, alias = ''] = /"(\w+LiveAlias)"/.exec(JSON.stringify(called)) ?? [];
    return target(service[alias]?.Properties.FunctionName ?? called);
  };

  const queues = ofType(service, 'AWS::Lambda::EventSourceMapping')
    .map(([, { Properties }]) => ({
      queue: target(Properties.EventSourceArn),
      worker: functionOf(Properties.FunctionName),
    }))
    .filter(({ queue }) => service[queue]?.Type === 'AWS::SQS::Queue');

  it.each(queues)(
    '$queue hides a record for six times the timeout of $worker, on emulators once',
    ({ queue, worker }) => {
      const visibility = Number(service[queue]?.Properties.VisibilityTimeout);
      const factor = SHAPE_CONFIGS[shape]?.target === 'aws' ? 6 : 1;
      expect(visibility).toBe(factor * timeoutOf(worker));
      expect(visibility).toBeLessThanOrEqual(LONGEST_VISIBILITY);
    },
  );

  it('the claim of a duplicate outlives all starts on the record that holds it, and a retry is abandoned after one', () => {
    for (const id of ['DeliveryQueue', 'BulkDeliveryQueue', 'SlowDeliveryQueue']) {
      const { VisibilityTimeout } = service[id]!.Properties;
      expect(DUPLICATE_CLAIM_SECONDS).toBeGreaterThanOrEqual(VisibilityTimeout * STARTS.delivery);
      expect(ABANDONED_AFTER_MS).toBeGreaterThanOrEqual(VisibilityTimeout * 1_000);
    }
  });
});

describe('times of delivery', () => {
  it('let a duplicate and a second probe start only when a delivery that waited in its batch is recorded', () => {
    expect(DUPLICATE_DELAY_MS).toBeGreaterThan(LONGEST_WAIT_MS + LONGEST_REQUEST_MS);
    expect(PROBE_LEASE_MS).toBeGreaterThan(LONGEST_WAIT_MS + LONGEST_REQUEST_MS);
    expect(PROBE_LOST_AFTER_MS).toBeGreaterThan(PROBE_LEASE_MS);
  });

  it.each([DELIVERY_TIMEOUT_SECONDS.least - 1, DELIVERY_TIMEOUT_SECONDS.most + 1])(
    'refuse a stage whose delivery functions have %i s, and say why',
    (timeoutSeconds) => {
      const stage = { target: 'aws', keepState: false, delivery: { timeoutSeconds } };
      expect(() => parseStage('x', JSON.stringify(stage))).toThrow(
        `stages/x.jsonc: delivery.timeoutSeconds must be ${DELIVERY_TIMEOUT_SECONDS.least} to ${DELIVERY_TIMEOUT_SECONDS.most}: requests may take ${REQUEST_TIMEOUT_SECONDS.most} s`,
      );
    },
  );
});

it.each(Object.entries(AWS_CALLS))('calls to %s have time for more than one attempt', (_, limits) => {
  const { connectMs, attemptMs, totalMs, attempts } = limits;
  expect(attempts).toBeGreaterThan(1);
  expect(connectMs).toBeLessThan(attemptMs);
  expect(2 * attemptMs).toBeLessThan(totalMs);
});
