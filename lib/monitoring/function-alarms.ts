import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { pascalCase } from '../building-blocks/logical-id.ts';
import type { ServiceFunction } from '../building-blocks/service-function.ts';
import { ServiceAlarm } from './alarms.ts';

export interface FunctionAlarmsProps {
  readonly config: StageConfig;
  /** By the name that the runbook uses. Only those that every message needs: an alarm costs ten cents a month. */
  readonly functions: Readonly<Record<string, ServiceFunction<unknown>>>;
}

const PERIOD = Duration.minutes(5);
/** A single crash is retried and needs no attention; several in each of three periods do. */
const ERRORS = 5;
const THROTTLES = 20;
const PERIODS = 3;

/** Alarms on errors and throttles of functions, which are raised before the alarms of queues and dead-letter queues. */
export class FunctionAlarms extends Construct {
  constructor(scope: Construct, id: string, { config, functions }: FunctionAlarmsProps) {
    super(scope, id);
    for (const [name, { lambda }] of Object.entries(functions)) {
      const onCall = {
        impact: `While ${name} fails or is throttled, API calls fail or messages are delivered late. Records that keep failing are dead-lettered.`,
        runbook: 'functions',
        replay: 'none needed while the dead-letter queues are empty.',
      };
      const common = { config, onCall, periods: PERIODS };
      new ServiceAlarm(this, `${pascalCase(name)}Errors`, {
        ...common,
        what: 'failed invocations in five minutes, three times in a row',
        metric: lambda.metricErrors({ period: PERIOD, statistic: 'Sum' }),
        threshold: ERRORS,
      });
      new ServiceAlarm(this, `${pascalCase(name)}Throttles`, {
        ...common,
        what: 'throttled invocations in five minutes, three times in a row',
        metric: lambda.metricThrottles({ period: PERIOD, statistic: 'Sum' }),
        threshold: THROTTLES,
      });
    }
  }
}
