import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { pascalCase } from '../building-blocks/logical-id.ts';
import type { ServiceFunction } from '../building-blocks/service-function.ts';
import { ServiceAlarm } from './alarms.ts';

export interface FunctionAlarmsProps {
  readonly config: StageConfig;
  /** By the name that on-call knows: those on the way of every message. An alarm costs ten cents a month. */
  readonly functions: Readonly<Record<string, ServiceFunction<unknown>>>;
}

const PERIOD = Duration.minutes(5);
/** One crash is repeated and forgotten; three periods with several each are no accident. */
const ERRORS = 5;
const THROTTLES = 20;
const PERIODS = 3;

/** Errors and throttles of the functions that messages go through, before queues age and dead letters come. */
export class FunctionAlarms extends Construct {
  constructor(scope: Construct, id: string, { config, functions }: FunctionAlarmsProps) {
    super(scope, id);
    for (const [name, { lambda }] of Object.entries(functions)) {
      const onCall = {
        impact: `Work of ${name} is done again and late; what fails five times becomes a dead letter.`,
        runbook: 'functions',
        replay: 'none needed as long as there are no dead letters',
      };
      const common = { config, onCall, periods: PERIODS };
      new ServiceAlarm(this, `${pascalCase(name)}Errors`, {
        ...common,
        what: 'failed runs in five minutes, three times in a row',
        metric: lambda.metricErrors({ period: PERIOD, statistic: 'Sum' }),
        threshold: ERRORS,
      });
      new ServiceAlarm(this, `${pascalCase(name)}Throttles`, {
        ...common,
        what: 'runs that the account had no concurrency for in five minutes, three times in a row',
        metric: lambda.metricThrottles({ period: PERIOD, statistic: 'Sum' }),
        threshold: THROTTLES,
      });
    }
  }
}
