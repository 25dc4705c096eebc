import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { UpdateHourlyStatisticsEnv } from '../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../config.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';
import { invokeEach } from '../building-blocks/schedule.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../functions/platform/limits/function-timeouts.domain.ts';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import type { StateStack } from '../stacks/state-stack.ts';

/** Updates hourly statistics of busy endpoints every ten minutes, so that requests for statistics read few rows. */
export class HourlyStatistics extends Construct {
  readonly updateHourlyStatistics: ServiceFunction<UpdateHourlyStatisticsEnv>;

  constructor(scope: Construct, id: string, { config, state }: { config: StageConfig; state: StateStack }) {
    super(scope, id);
    this.updateHourlyStatistics = new ServiceFunction<UpdateHourlyStatisticsEnv>(
      this,
      'UpdateHourlyStatistics',
      {
        config,
        entry: 'update-hourly-statistics',
        description: 'Counts the attempts of busy hours before statistics are requested',
        memory: FUNCTION_MEMORY_MB.updateHourlyStatistics,
        timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.updateHourlyStatistics,
        bindings: { VIEWS_TABLE: state.views.allow('Query', 'UpdateItem', 'DeleteItem') },
      },
    );
    invokeEach(this, 'EachTenMinutes', this.updateHourlyStatistics, Duration.minutes(10));
    const onCall = {
      impact: 'Requests for endpoint statistics are slower. Their results stay correct.',
      runbook: 'projections',
      replay: 'none needed; the next run catches up.',
    };
    new ServiceAlarm(this, 'UpdateHourlyStatisticsStopped', {
      config,
      onCall,
      what: 'invocations in an hour; no data means that its schedule does not invoke it',
      metric: this.updateHourlyStatistics.lambda.metricInvocations({
        period: Duration.hours(1),
        statistic: 'Sum',
      }),
      threshold: 1,
      when: 'below',
      missingData: 'breaching',
    });
    new ServiceAlarm(this, 'UpdateHourlyStatisticsFailing', {
      config,
      onCall,
      what: 'failed invocations in an hour',
      metric: this.updateHourlyStatistics.lambda.metricErrors({
        period: Duration.hours(1),
        statistic: 'Sum',
      }),
      threshold: 3,
    });
  }
}
