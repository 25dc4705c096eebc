import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnDashboard, Dashboard, GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { overrideLogicalId } from '../building-blocks/logical-id.ts';
import type { ServiceFunction } from '../building-blocks/service-function.ts';
import { dashboardName } from './console-link.ts';
import { domainWidgets } from './domain-widgets.ts';

export interface ServiceDashboardProps {
  readonly config: StageConfig;
  /** By the name that the runbook uses. */
  readonly functions: Readonly<Record<string, ServiceFunction<unknown>>>;
  readonly queues: Readonly<Record<string, Queue>>;
}

const PERIOD = Duration.minutes(1);

/** What became of messages and deliveries; invocations, errors, throttles and duration of all functions, and depth and age of all queues, on one screen. */
export class ServiceDashboard extends Construct {
  constructor(scope: Construct, id: string, { config, functions, queues }: ServiceDashboardProps) {
    super(scope, id);
    const lambdas = Object.entries(functions);
    const waiting = Object.entries(queues);
    const perFunction = (title: string, metric: (name: string, fn: ServiceFunction<unknown>) => IMetric) =>
      new GraphWidget({ title, width: 12, left: lambdas.map(([name, fn]) => metric(name, fn)) });
    const perQueue = (title: string, metric: (name: string, queue: Queue) => IMetric) =>
      new GraphWidget({ title, width: 12, left: waiting.map(([name, queue]) => metric(name, queue)) });
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: dashboardName(this, config),
      widgets: [
        ...domainWidgets(functions),
        [
          perFunction('Invocations', (label, { lambda }) =>
            lambda.metricInvocations({ label, period: PERIOD }),
          ),
          perFunction('Errors', (label, { lambda }) => lambda.metricErrors({ label, period: PERIOD })),
        ],
        [
          perFunction('Throttles', (label, { lambda }) => lambda.metricThrottles({ label, period: PERIOD })),
          perFunction('Duration p99', (label, { lambda }) =>
            lambda.metricDuration({ label, period: PERIOD, statistic: 'p99' }),
          ),
        ],
        [
          perQueue('Messages waiting', (label, queue) =>
            queue.metricApproximateNumberOfMessagesVisible({ label, period: PERIOD }),
          ),
          perQueue('Age of the oldest message (seconds)', (label, queue) =>
            queue.metricApproximateAgeOfOldestMessage({ label, period: PERIOD }),
          ),
        ],
      ],
    });
    overrideLogicalId(dashboard, CfnDashboard, 'Dashboard');
  }
}
