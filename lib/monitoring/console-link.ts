import { Aws, Stack } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { StageConfig } from '../config.ts';

const consoleOf = (region: string, path: string): string =>
  `https://${region}.console.aws.amazon.com/${path.replace('?', `?region=${region}`)}`;

/** The name of the stage's dashboard: unique in an account, across regions. */
export const dashboardName = (scope: IConstruct, { name }: StageConfig): string =>
  `posthorn-${name}-${Stack.of(scope).region}`;

/** The console encodes `%` as `$25`. */
const LAMBDA_LOGS = '$252Faws$252Flambda$252F';

/** The console's page about the resource that a metric measures: log of a function, queue, table; else the dashboard. */
export const consoleLink = (scope: IConstruct, config: StageConfig, metric: IMetric): string => {
  const { region } = Stack.of(scope);
  const dimensions = metric.toMetricConfig().metricStat?.dimensions ?? [];
  const valueOf = (name: string): string | undefined => {
    const value: unknown = dimensions.find((each) => each.name === name)?.value;
    return typeof value === 'string' ? value : undefined;
  };
  const [fn, queue, table] = ['FunctionName', 'QueueName', 'TableName'].map(valueOf);
  const ownFunction = fn ?? valueOf('function');
  if (ownFunction !== undefined)
    return consoleOf(region, `cloudwatch/home?#logsV2:log-groups/log-group/${LAMBDA_LOGS}${ownFunction}`);
  if (queue !== undefined)
    return consoleOf(
      region,
      `sqs/v3/home?#/queues/https%3A%2F%2Fsqs.${region}.${Aws.URL_SUFFIX}%2F${Aws.ACCOUNT_ID}%2F${queue}`,
    );
  if (table !== undefined) return consoleOf(region, `dynamodbv2/home?#table?name=${table}&tab=monitoring`);
  return config.dashboard
    ? consoleOf(region, `cloudwatch/home?#dashboards/dashboard/${dashboardName(scope, config)}`)
    : consoleOf(region, 'cloudwatch/home?#alarmsV2:');
};
