import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { SWEEP_EVERY_SECONDS, SWEEP_TIMEOUT_SECONDS } from '../../functions/platform/limits/sweep.domain.ts';
import type { SweepEnv } from '../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../config.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';
import type { Binding } from '../building-blocks/binding.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from '../building-blocks/logical-id.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import type { StateStack } from '../stacks/state-stack.ts';

export interface SweepingProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly deliveryQueue: Binding<'DELIVERY_QUEUE_URL'>;
}

/** Waits of customers who count on "a retry after 30 minutes" begin to look wrong. */
const LATE = Duration.minutes(10);

/** Each minute, moves what has come due to the delivery queue. A missed minute is caught up by the next. */
export class Sweeping extends Construct {
  readonly sweep: ServiceFunction<SweepEnv>;

  constructor(scope: Construct, id: string, { config, state, deliveryQueue }: SweepingProps) {
    super(scope, id);
    this.sweep = new ServiceFunction<SweepEnv>(this, 'Sweep', {
      config,
      entry: 'sweep',
      description: 'Moves retries that have come due to the delivery queue',
      memory: FUNCTION_MEMORY_MB.sweep,
      timeout: Duration.seconds(SWEEP_TIMEOUT_SECONDS),
      bindings: {
        // Due items are read and removed, and the lease is an update.
        CONTROL_TABLE: state.control.allow('Query', 'BatchWriteItem', 'UpdateItem'),
        DELIVERY_QUEUE_URL: deliveryQueue,
      },
    });
    // A rule and not EventBridge Scheduler, whose schedules do nothing on LocalStack.
    const rule = new Rule(this, 'EachMinute', {
      schedule: Schedule.rate(Duration.seconds(SWEEP_EVERY_SECONDS)),
      targets: [new LambdaFunction(this.sweep.lambda)],
    });
    overrideLogicalId(rule, CfnRule, 'SweepEachMinute');
    overrideLogicalIdBelow(rule, CfnPermission, 'SweepEachMinutePermission');
    this.alarms(config);
  }

  private alarms(config: StageConfig): void {
    const { lambda } = this.sweep;
    const onCall = {
      impact: 'Retries that wait longer than 15 minutes stand still; none is lost.',
      runbook: 'sweep',
      replay: 'none needed, the next run catches up',
    };
    new ServiceAlarm(this, 'SweepFailing', {
      config,
      onCall,
      what: 'failed runs in five minutes',
      metric: lambda.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 3,
    });
    new ServiceAlarm(this, 'SweepStopped', {
      config,
      onCall,
      what: 'runs in five minutes',
      metric: lambda.metricInvocations({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 1,
      when: 'below',
      silence: 'bad',
    });
    new ServiceAlarm(this, 'SweepPastDue', {
      config,
      onCall,
      what: 'milliseconds that the oldest delivery had been due when it was put on its way; two minutes are normal',
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
