import { Duration } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnMetricFilter, FilterPattern } from 'aws-cdk-lib/aws-logs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { overrideLogicalIdBelow } from '../building-blocks/logical-id.ts';
import type { OnCallInformation } from '../building-blocks/on-call-information.ts';
import { ServiceAlarm } from './alarms.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../functions/platform/limits/function-timeouts.domain.ts';

export interface ApiAlarmsProps {
  readonly config: StageConfig;
  /** Prefix of logical ids and of the name of the metric of 429s. */
  readonly name: 'HttpApi' | 'RestApi';
  readonly faults: Metric;
  readonly latency: Metric;
  /** With the status of each response. Absent: on emulators. */
  readonly accessLog: LogGroup | undefined;
}

const PERIOD = Duration.minutes(5);

const onCall = (impact: string, runbook: string): OnCallInformation => ({
  impact,
  runbook,
  replay: 'none needed; callers retry with the same idempotency key.',
});

/** Alarms on 5xx and 429 responses and on the latency of an API. */
export class ApiAlarms extends Construct {
  constructor(scope: Construct, id: string, props: ApiAlarmsProps) {
    super(scope, id);
    const { config, name, faults, latency, accessLog } = props;
    new ServiceAlarm(this, `${name}Faults`, {
      config,
      onCall: onCall(
        'API calls fail: the platform cannot publish, or its customers see errors.',
        'api-faults',
      ),
      what: 'number of 5xx responses in five minutes',
      metric: faults.with({ period: PERIOD, statistic: 'Sum' }),
      threshold: 5,
    });
    new ServiceAlarm(this, `${name}Latency`, {
      config,
      onCall: onCall(
        `API calls are slow, and those that take ${FUNCTION_TIMEOUT_SECONDS.api} seconds fail.`,
        'api-latency',
      ),
      what: 'time that 95 % of API calls are answered in, in milliseconds, three times five minutes in a row',
      metric: latency.with({ period: PERIOD, statistic: 'p95' }),
      threshold: Duration.seconds(3).toMilliseconds(),
      periods: 3,
      ignoreFewSamples: true,
    });
    if (accessLog !== undefined) this.throttling(config, name, accessLog);
  }

  /** API Gateway has a metric of all 4xx responses only, so the access log is counted. */
  private throttling(config: StageConfig, name: string, accessLog: LogGroup): void {
    const filter = accessLog.addMetricFilter('TooManyRequests', {
      filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
      metricNamespace: `Posthorn/${config.name}`,
      metricName: `${name}TooManyRequests`,
      metricValue: '1',
    });
    overrideLogicalIdBelow(filter, CfnMetricFilter, `${name}TooManyRequestsFilter`);
    new ServiceAlarm(this, `${name}TooManyRequests`, {
      config,
      onCall: onCall(
        'API calls are refused with 429: by the throttle of the stage, or by the rate limit of an organization or application.',
        'api-throttling',
      ),
      what: 'number of 429 responses in five minutes, twice in a row',
      metric: filter.metric({ period: PERIOD, statistic: 'Sum' }),
      threshold: 50,
      periods: 2,
    });
  }
}
