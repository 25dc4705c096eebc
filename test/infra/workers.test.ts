import { describe, expect, it } from 'vitest';
import type { Resource } from './synth.ts';
import { ofType, synth, target, textOf } from './synth.ts';

const stages = ['dev', 'prod', 'local'] as const;

const partsOf = (stage: string) => {
  const { service } = synth(stage);
  const queues = ofType(service, 'AWS::SQS::Queue');
  return {
    service,
    work: queues.filter(([, { Properties }]) => Properties.RedrivePolicy !== undefined),
    dead: queues.filter(([, { Properties }]) => Properties.RedrivePolicy === undefined),
    mappings: ofType(service, 'AWS::Lambda::EventSourceMapping').map(([, mapping]) => mapping.Properties),
    alarms: ofType(service, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm.Properties),
  };
};

const metricsOn = (alarms: Resource['Properties'][], queue: string) =>
  alarms
    .filter(({ Dimensions }) =>
      JSON.stringify(Dimensions ?? []).includes(`"Fn::GetAtt":["${queue}","QueueName"]`),
    )
    .map(({ MetricName }) => MetricName as string)
    .sort();

const isStream = (mapping: Resource['Properties']) => mapping.StartingPosition !== undefined;

describe.each(stages)('workers of %s:', (stage) => {
  const { service, work, dead, mappings, alarms } = partsOf(stage);

  it('every queue has a dead-letter queue, an age alarm and a depth alarm', () => {
    expect(work.map(([id]) => id)).toEqual([
      'DeliveryQueue',
      'BulkDeliveryQueue',
      'SlowDeliveryQueue',
      'TaskQueue',
      'IngestQueue',
      'FanOutQueue',
    ]);
    for (const [id, { Properties }] of work) {
      const deadLetters = target(Properties.RedrivePolicy.deadLetterTargetArn);
      expect(dead.map(([name]) => name)).toContain(deadLetters);
      // Throttled receives count too, so a worker counts its own starts (docs/decisions/0128).
      const receives = stage === 'local' ? [5, 1_000] : [1_000];
      expect(receives).toContain(Properties.RedrivePolicy.maxReceiveCount);
      const both = ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible'];
      expect(metricsOn(alarms, id)).toEqual(both);
      expect(metricsOn(alarms, deadLetters)).toEqual(both);
    }
  });

  it('one dead-lettered message raises the depth alarm', () => {
    for (const [id] of dead) {
      const depth = alarms.find(
        (alarm) =>
          alarm.MetricName === 'ApproximateNumberOfMessagesVisible' &&
          target(alarm.Dimensions[0].Value) === id,
      );
      expect(depth).toMatchObject({ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' });
    }
  });

  it('every queue keeps messages for fourteen days, is encrypted and refuses plain HTTP', () => {
    const policies = JSON.stringify(ofType(service, 'AWS::SQS::QueuePolicy'));
    for (const [id, { Properties }] of [...work, ...dead]) {
      expect(Properties).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
      expect(policies).toContain(`"Queues":[{"Ref":"${id}"}]`);
    }
  });

  it('every event source has a dead-letter queue', () => {
    const redriven = work.map(([id]) => id);
    for (const mapping of mappings) {
      const destination = target(mapping.DestinationConfig?.OnFailure?.Destination);
      const safe = isStream(mapping)
        ? dead.some(([id]) => id === destination)
        : redriven.includes(target(mapping.EventSourceArn));
      expect(safe).toBe(true);
    }
  });

  it('stream readers start at TRIM_HORIZON, bisect failed batches and give up within the 24 hours of the stream', () => {
    const streams = mappings.filter(isStream);
    expect(streams).toHaveLength(4);
    for (const mapping of streams) {
      expect(mapping).toMatchObject({ StartingPosition: 'TRIM_HORIZON', BisectBatchOnFunctionError: true });
      expect(mapping.MaximumRetryAttempts).toBeGreaterThan(0);
      expect(mapping.MaximumRecordAgeInSeconds).toBeLessThan(86_400);
    }
  });

  it('no stream has a third reader, which DynamoDB would throttle', () => {
    const readers = mappings.filter(isStream).map(({ EventSourceArn }) => target(EventSourceArn));
    for (const stream of readers)
      expect(readers.filter((other) => other === stream).length).toBeLessThanOrEqual(2);
  });

  it('every reader of a stream has an iterator age alarm at one hour', () => {
    const late = alarms.filter(({ MetricName }) => MetricName === 'IteratorAge');
    const readers = new Set(mappings.filter(isStream).map(({ FunctionName }) => target(FunctionName)));
    expect(new Set(late.map(({ Dimensions }) => target(Dimensions[0].Value)))).toEqual(readers);
    for (const { Threshold } of late) expect(Threshold).toBe(3_600_000);
  });

  it('queue workers take batches of ten, the slow lane of fifty, and report partial batch failures', () => {
    for (const mapping of mappings.filter((each) => !isStream(each))) {
      const BatchSize = target(mapping.EventSourceArn) === 'SlowDeliveryQueue' ? 50 : 10;
      expect(mapping).toMatchObject({ BatchSize, FunctionResponseTypes: ['ReportBatchItemFailures'] });
      expect(mapping.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    }
  });

  it('functions that send to their own queue are exempt from recursive loop detection', () => {
    const loops = ofType(service, 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties.RecursiveLoop === 'Allow',
    );
    expect(loops.map(([id]) => id).sort()).toEqual([
      'DeliverBulkFunction',
      'DeliverFunction',
      'DeliverSlowFunction',
      'FanOutWideFunction',
      'IngestFunction',
      'RunTaskFunction',
    ]);
  });

  it('every alarm description has impact, metric, runbook section, replay command and a page of the console', () => {
    for (const { AlarmDescription } of alarms) {
      const text = textOf(AlarmDescription);
      expect(text).toMatch(
        /^[A-Z].+\. Measured: .+\. Runbook: docs\/runbook\.md#[a-z-]+\. Replay: .+ Console: https:\/\/\$\{AWS::Region\}\.console\.aws\.amazon\.com\/[^ ]+$/,
      );
      // CloudWatch accepts 1,024 characters; names that deployment fills in may be longer than their placeholders.
      expect(text.length).toBeLessThan(900);
    }
  });
});

it.each(['dev', 'prod'])(
  'on %s the visibility timeout of every queue is at least six times the timeout of its worker',
  (stage) => {
    const { service, work, mappings } = partsOf(stage);
    for (const [id, { Properties }] of work) {
      const mapping = mappings.find(({ EventSourceArn }) => target(EventSourceArn) === id)!;
      const worker = service[target(mapping.FunctionName)]!.Properties;
      expect(Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.Timeout);
    }
  },
);

it('the fan-out function is invoked for inserts of messages only', () => {
  const mapping = partsOf('prod').mappings.find(({ FilterCriteria }) => FilterCriteria !== undefined)!;
  expect(target(mapping.FunctionName)).toBe('FanOutFunction');
  const filters = mapping.FilterCriteria.Filters as { Pattern: string }[];
  expect(filters.map(({ Pattern }): unknown => JSON.parse(Pattern))).toEqual([
    { eventName: ['INSERT'], dynamodb: { NewImage: { type: { S: ['msg'] } } } },
  ]);
});

describe('alarms that are not about a queue or a stream', () => {
  const { service, alarms } = partsOf('prod');
  const alarmsOn = (metric: string, dimension: string) =>
    alarms
      .filter(({ MetricName, Dimensions }) => MetricName === metric && Dimensions?.[0].Name === dimension)
      .map(({ Dimensions }) => target(Dimensions[0].Value))
      .sort();

  it('are one on the errors of every function, except the check of event sources, whose silence is the alarm', () => {
    const functions = ofType(service, 'AWS::Lambda::Function').map(([id]) => id);
    expect(alarmsOn('Errors', 'FunctionName')).toEqual(
      functions.filter((id) => id !== 'CheckEventSourcesFunction').sort(),
    );
  });

  it('are two on the throttled requests of every table', () => {
    for (const metric of ['ReadThrottleEvents', 'WriteThrottleEvents']) {
      const tables = alarmsOn(metric, 'TableName').map((name) => /Ref(\w+)Table/.exec(name)?.[1]);
      expect(tables.sort()).toEqual(['Catalog', 'Control', 'Deliveries', 'Messages', 'Views']);
    }
  });

  it('are raised without data by everything that runs on a schedule', () => {
    const silent = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(silent.map(({ MetricName }) => MetricName as string).sort()).toEqual([
      'Invocations',
      'Invocations',
      'StoppedEventSources',
    ]);
  });

  it('are one on the event source mappings, of which the check reads every one', () => {
    const variables = service['CheckEventSourcesFunction']!.Properties.Environment.Variables;
    const read = (variables.EVENT_SOURCE_IDS['Fn::Join'][1] as unknown[]).map(target);
    expect(read.sort()).toEqual(
      ofType(service, 'AWS::Lambda::EventSourceMapping')
        .map(([id]) => id)
        .sort(),
    );
  });

  it('are one on 429 responses, counted in the access log, and one on the latency of the API', () => {
    const filter = service['HttpApiTooManyRequestsFilter']!.Properties;
    const [{ MetricName, MetricNamespace }] = filter.MetricTransformations;
    expect(filter.FilterPattern).toBe('{ $.status = "429" }');
    expect(service['HttpApiTooManyRequestsAlarm']!.Properties).toMatchObject({
      MetricName,
      Namespace: MetricNamespace,
    });
    expect(service['HttpApiLatencyAlarm']!.Properties).toMatchObject({
      ExtendedStatistic: 'p95',
      EvaluateLowSampleCountPercentile: 'ignore',
    });
  });
});

describe('a stage with alarmEmail', () => {
  const text = JSON.stringify({ target: 'aws', keepState: true, alarmEmail: 'on-call@example.com' });

  it('mails every alarm, and its end', () => {
    const { service } = synth('loud', { text });
    expect(ofType(service, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties)).toEqual([
      { Endpoint: 'on-call@example.com', Protocol: 'email', TopicArn: { Ref: 'AlarmTopic' } },
    ]);
    for (const [, { Properties }] of ofType(service, 'AWS::CloudWatch::Alarm')) {
      expect(Properties.AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
      expect(Properties.OKActions).toEqual([{ Ref: 'AlarmTopic' }]);
    }
  });
});

it.each([
  [{ target: 'aws', keepState: true }, 1],
  [{ target: 'aws', keepState: false }, 0],
  [{ target: 'aws', keepState: true, alarmEmail: 'on-call@example.com' }, 0],
  [{ target: 'aws', keepState: true, alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:on-call' }, 0],
])('the synth of %j warns %i times that its alarms have no recipient', (options, times) => {
  const { warnings } = synth('quiet', { text: JSON.stringify(options) });
  expect(warnings.filter((text) => text.includes('set alarmEmail or alarmTopicArn'))).toHaveLength(times);
});

it('alarms publish to the alarmTopicArn of the stage', () => {
  const topic = 'arn:aws:sns:eu-west-1:123456789012:on-call';
  const text = JSON.stringify({ target: 'aws', keepState: false, alarmTopicArn: topic });
  for (const [, { Properties }] of ofType(synth('loud', { text }).service, 'AWS::CloudWatch::Alarm')) {
    expect(Properties.AlarmActions).toEqual([topic]);
  }
});
