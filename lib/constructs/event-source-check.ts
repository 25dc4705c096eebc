import { ArnFormat, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { CheckEventSourcesEnv } from '../../functions/platform/lambda/env.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../functions/platform/limits/function-timeouts.domain.ts';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import { permission } from '../building-blocks/binding.ts';
import type { Binding } from '../building-blocks/binding.ts';
import { invokeEach } from '../building-blocks/schedule.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import type { StageConfig } from '../config.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';

const EVERY = Duration.minutes(5);

/**
 * Checks every five minutes whether the event source mappings of the stack are enabled and can poll, and raises an alarm if
 * one is not, or if the check does not run. Create it after the mappings.
 */
export class EventSourceCheck extends Construct {
  private readonly checkEventSources: ServiceFunction<CheckEventSourcesEnv>;

  constructor(scope: Construct, id: string, { config }: { config: StageConfig }) {
    super(scope, id);
    this.checkEventSources = new ServiceFunction<CheckEventSourcesEnv>(this, 'CheckEventSources', {
      config,
      entry: 'check-event-sources',
      description: 'Counts queues and streams that invoke no function',
      memory: FUNCTION_MEMORY_MB.checkEventSources,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.checkEventSources,
      bindings: { EVENT_SOURCE_IDS: readMappings(Stack.of(this)) },
    });
    invokeEach(this, 'EachFiveMinutes', this.checkEventSources, EVERY);
    this.alarm(config);
  }

  private alarm(config: StageConfig): void {
    new ServiceAlarm(this, 'StoppedEventSources', {
      config,
      onCall: {
        impact:
          'A queue or a stream invokes no function: messages are not fanned out, delivered or shown until it does.',
        runbook: 'event-sources',
        replay: 'none needed if it is enabled within 24 hours; later npm run reconcile.',
      },
      what: 'event source mappings that are disabled or cannot poll; no data means that the check does not run',
      // Written by functions/monitoring/check-event-sources.lambda.ts.
      metric: new Metric({
        namespace: 'Posthorn',
        metricName: 'StoppedEventSources',
        dimensionsMap: {
          service: 'check-event-sources',
          function: this.checkEventSources.lambda.functionName,
        },
        statistic: 'Maximum',
        period: EVERY,
      }),
      threshold: 1,
      periods: 3,
      missingData: 'breaching',
    });
  }
}

/** The ids of all mappings of a stack, and the permission to read them. */
const readMappings = (stack: Stack): Binding<'EVENT_SOURCE_IDS'> => {
  const ids = stack.node
    .findAll()
    .filter((each) => each instanceof CfnEventSourceMapping)
    .map(({ ref }) => ref);
  return {
    variable: 'EVENT_SOURCE_IDS',
    value: Fn.join(',', ids),
    grant: permission(
      ['lambda:GetEventSourceMapping'],
      ids.map((resourceName) =>
        stack.formatArn({
          service: 'lambda',
          resource: 'event-source-mapping',
          resourceName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ),
    ),
  };
};
