import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { SWEEP_EVERY_SECONDS } from '../../functions/platform/limits/sweep.domain.ts';
import type { SweepEnv } from '../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../config.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';
import type { Binding } from '../building-blocks/binding.ts';
import { invokeEach } from '../building-blocks/schedule.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../functions/platform/limits/function-timeouts.domain.ts';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import type { StateStack } from '../stacks/state-stack.ts';

export interface SweeperProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly deliveryQueue: Binding<'DELIVERY_QUEUE_URL'>;
  readonly bulkQueue: Binding<'BULK_QUEUE_URL'>;
}

/** Customers who expect a retry after 30 minutes notice a delay of this size. */
const LATE = Duration.minutes(10);

/** Moves due items to the delivery queues each minute. A run catches up on minutes that were missed. */
export class Sweeper extends Construct {
  readonly sweep: ServiceFunction<SweepEnv>;

  constructor(scope: Construct, id: string, props: SweeperProps) {
    super(scope, id);
    const { config, state, deliveryQueue, bulkQueue } = props;
    this.sweep = new ServiceFunction<SweepEnv>(this, 'Sweep', {
      config,
      entry: 'sweep',
      description: 'Moves retries that have come due to the delivery queues',
      memory: FUNCTION_MEMORY_MB.sweep,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.sweep,
      bindings: {
        // Query and BatchWriteItem read and delete due items; UpdateItem acquires the lease.
        CONTROL_TABLE: state.control.allow('Query', 'BatchWriteItem', 'UpdateItem'),
        DELIVERY_QUEUE_URL: deliveryQueue,
        BULK_QUEUE_URL: bulkQueue,
      },
    });
    invokeEach(this, 'EachMinute', this.sweep, Duration.seconds(SWEEP_EVERY_SECONDS));
    this.alarms(config);
  }

  private alarms(config: StageConfig): void {
    const { lambda } = this.sweep;
    const onCall = {
      impact: 'Retries with a backoff of more than 15 minutes are late. None is lost.',
      runbook: 'sweep',
      replay: 'none needed; the next run catches up.',
    };
    new ServiceAlarm(this, 'SweepFailing', {
      config,
      onCall,
      what: 'failed invocations in five minutes',
      metric: lambda.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 3,
    });
    new ServiceAlarm(this, 'SweepStopped', {
      config,
      onCall,
      what: 'invocations in five minutes',
      metric: lambda.metricInvocations({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 1,
      when: 'below',
      missingData: 'breaching',
    });
    new ServiceAlarm(this, 'SweepPastDue', {
      config,
      onCall,
      what: 'how long the oldest due item was overdue when the sweeper queued it, in milliseconds; up to two minutes is normal',
      // Written by functions/deliver/retries/sweep.lambda.ts.
      metric: new Metric({
        namespace: 'Posthorn',
        metricName: 'PastDue',
        dimensionsMap: { service: 'sweep', function: lambda.functionName },
        statistic: 'Maximum',
        period: Duration.minutes(5),
      }),
      threshold: LATE.toMilliseconds(),
      periods: 2,
    });
  }
}
