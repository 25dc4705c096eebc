import { describe, expect, it } from 'vitest';
import { graceOf } from '../../../scripts/reconcile/grace.ts';
import { fakeStage } from '../dlq/fake-stage.ts';

const NOON = 1_800_000_000_000;
/** Three minutes for the streams and the sweeper, and one visibility timeout. */
const LEAST = 180_000 + 60_000;

const terminal = (queueAge?: number) => {
  const fake = fakeStage();
  const lines: string[] = [];
  const fill = (name: string, count = 1) => {
    for (let n = 0; n < count; n += 1) fake.queues.put(`q/${name}`, '{}', NOON);
  };
  const grace = () => graceOf(fake.stage, { queueAge, now: NOON, say: (text) => void lines.push(text) });
  return { ...fake, lines, fill, grace };
};

describe('reconcile grace period', () => {
  it('is one visibility timeout when all queues are empty, without asking CloudWatch', async () => {
    const { grace, metrics, lines } = terminal();
    expect(await grace()).toBe(LEAST);
    expect(metrics.queries).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('adds the age of the oldest message of any queue, from one CloudWatch request', async () => {
    const { grace, fill, metrics, lines } = terminal();
    fill('DeliveryQueueUrl', 3);
    fill('SlowDeliveryQueueUrl');
    metrics.ages.set('DeliveryQueueUrl', [[100, NOON]]);
    metrics.ages.set('SlowDeliveryQueueUrl', [[2_000, NOON]]);
    expect(await grace()).toBe(LEAST + 2_000_000);
    expect(lines).toEqual([
      'delivery: 3 messages, the oldest 100 s old',
      'deliver-slow: 1 messages, the oldest 2000 s old',
    ]);
    expect(metrics.queries).toHaveLength(1);
    expect(metrics.queries[0]).toMatchObject({
      StartTime: new Date(NOON - 600_000),
      EndTime: new Date(NOON),
      MetricDataQueries: [
        { MetricStat: { Metric: { Namespace: 'AWS/SQS' }, Stat: 'Maximum' } },
        { MetricStat: { Metric: { MetricName: 'ApproximateAgeOfOldestMessage' } } },
      ],
    });
  });

  it('adds the age of the newest metric value', async () => {
    const { grace, fill, metrics } = terminal();
    fill('DeliveryQueueUrl');
    metrics.ages.set('DeliveryQueueUrl', [
      [400, NOON - 120_000],
      [500, NOON - 180_000],
    ]);
    expect(await grace()).toBe(LEAST + 620_000);
  });

  it('adds half an hour and says so when CloudWatch has no value for a queue with messages', async () => {
    const { grace, fill, metrics, lines } = terminal();
    fill('DeliveryQueueUrl');
    fill('FanOutQueueUrl');
    metrics.ages.set('DeliveryQueueUrl', [[10, NOON]]);
    expect(await grace()).toBe(LEAST + 1_800_000);
    expect(lines).toContainEqual(expect.stringMatching(/^fan-out-wide: 1 .*assuming 1800 s.*--queue-age/));
  });

  it('adds half an hour and prints the reason when CloudWatch cannot be read', async () => {
    const { grace, fill, metrics, lines } = terminal();
    fill('DeliveryQueueUrl');
    metrics.failure.error = new Error('not authorized to perform: cloudwatch:GetMetricData');
    expect(await grace()).toBe(LEAST + 1_800_000);
    expect(lines[0]).toMatch(/cloudwatch:GetMetricData/);
  });

  it('uses the queue age that the operator gave, without asking CloudWatch', async () => {
    const { grace, fill, metrics, lines } = terminal(7_000);
    fill('DeliveryQueueUrl');
    metrics.ages.set('DeliveryQueueUrl', [[100, NOON]]);
    expect(await grace()).toBe(LEAST + 7_000);
    expect(metrics.queries).toEqual([]);
    expect(lines).toEqual([]);
  });
});
