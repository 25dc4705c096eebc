import { Duration, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { pascalCase } from '../building-blocks/logical-id.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import { ServiceAlarm } from './alarms.ts';

const PERIOD = Duration.minutes(5);
/** A single crash is retried and needs no attention; several in each of three periods do. */
const ERRORS = 5;
const THROTTLES = 20;
const PERIODS = 3;

/** Functions with an alarm on errors of their own, whose schedule needs another threshold. */
const OWN_ALARM = ['sweep', 'update-hourly-statistics', 'check-event-sources'];

/** Functions that every message needs: throttles have an alarm for them alone, since an alarm costs ten cents a month. */
const EVERY_MESSAGE = ['publish', 'fan-out', 'deliver'];

/** The functions below a construct, by the name that the runbook uses. */
export const functionsOf = (scope: IConstruct): Readonly<Record<string, ServiceFunction<unknown>>> =>
  Object.fromEntries(
    scope.node
      .findAll()
      .filter((each): each is ServiceFunction<unknown> => each instanceof ServiceFunction)
      .map((each) => [each.name, each]),
  );

/**
 * Alarms on errors of every function of the stack, and on throttles of those that every message needs. They are raised
 * before the alarms of queues and dead-letter queues. Create it after the functions.
 */
export class FunctionAlarms extends Construct {
  constructor(scope: Construct, id: string, { config }: { config: StageConfig }) {
    super(scope, id);
    for (const [name, { lambda }] of Object.entries(functionsOf(Stack.of(this)))) {
      const onCall = {
        impact: `While ${name} fails or is throttled, API calls fail or messages are delivered late. Records that keep failing are dead-lettered.`,
        runbook: 'functions',
        replay: 'none needed while the dead-letter queues are empty.',
      };
      const common = { config, onCall, periods: PERIODS };
      if (!OWN_ALARM.includes(name))
        new ServiceAlarm(this, `${pascalCase(name)}Errors`, {
          ...common,
          what: 'failed invocations in five minutes, three times in a row',
          metric: lambda.metricErrors({ period: PERIOD, statistic: 'Sum' }),
          threshold: ERRORS,
        });
      if (EVERY_MESSAGE.includes(name))
        new ServiceAlarm(this, `${pascalCase(name)}Throttles`, {
          ...common,
          what: 'throttled invocations in five minutes, three times in a row',
          metric: lambda.metricThrottles({ period: PERIOD, statistic: 'Sum' }),
          threshold: THROTTLES,
        });
    }
  }
}
