import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { ServiceAlarm } from './alarms.ts';

export interface TableAlarmsProps {
  readonly config: StageConfig;
  /** By the name in logical ids, with what is late while the table throttles. */
  readonly tables: Readonly<
    Record<string, { readonly table: { readonly tableName: string }; readonly impact: string }>
  >;
}

/** Throttled requests in five minutes, twice in a row: DynamoDB splits a busy partition within minutes. */
const THROTTLED = 20;

/** Alarms on reads and writes that DynamoDB throttles. Functions repeat them, and nothing is lost. */
export class TableAlarms extends Construct {
  constructor(scope: Construct, id: string, { config, tables }: TableAlarmsProps) {
    super(scope, id);
    for (const [name, { table, impact }] of Object.entries(tables))
      for (const kind of ['Read', 'Write'])
        new ServiceAlarm(this, `${name}${kind}Throttles`, {
          config,
          onCall: {
            impact,
            runbook: 'tables',
            replay: 'none needed while the dead-letter queues are empty.',
          },
          what: `${kind.toLowerCase()} requests that DynamoDB throttled in five minutes, twice in a row`,
          metric: new Metric({
            namespace: 'AWS/DynamoDB',
            metricName: `${kind}ThrottleEvents`,
            dimensionsMap: { TableName: table.tableName },
            statistic: 'Sum',
            period: Duration.minutes(5),
          }),
          threshold: THROTTLED,
          periods: 2,
        });
  }
}
