import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Stage } from '../dlq/stage.ts';

/** SQS publishes a value a minute while a queue is active, some of them late. */
const PERIOD_SECONDS = 60;
const LOOK_BACK_MS = 600_000;

const queryOf = (QueueName: string, index: number): MetricDataQuery => ({
  Id: `q${index}`,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: QueueName }],
    },
    Period: PERIOD_SECONDS,
    Stat: 'Maximum',
  },
});

/**
 * The age (ms) of the oldest message of each queue, by queue name; absent if CloudWatch has no value of the last ten
 * minutes. The age of the data point is added, since the message has grown older since then.
 */
export const oldestMessages = async (
  { cloudWatch }: Stage,
  queues: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, number>> => {
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: queues.map(queryOf),
      StartTime: new Date(now - LOOK_BACK_MS),
      EndTime: new Date(now),
    }),
  );
  const ages = new Map<string, number>();
  for (const [index, queue] of queues.entries()) {
    const { Values = [], Timestamps = [] } = MetricDataResults.find(({ Id }) => Id === `q${index}`) ?? {};
    if (Values.length === 0) continue;
    const newest = Math.max(...Timestamps.map((at) => at.getTime()));
    ages.set(queue, Math.max(...Values) * 1000 + Math.max(0, now - newest));
  }
  return ages;
};
