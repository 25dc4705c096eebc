import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm, CfnAlarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { overrideLogicalId } from '../building-blocks/logical-id.ts';
import type { OnCallInformation } from '../building-blocks/on-call-information.ts';
import { alarmTopicsOf } from './alarm-topic.ts';
import { consoleLink } from './console-link.ts';

export interface ServiceAlarmProps {
  readonly config: StageConfig;
  readonly onCall: OnCallInformation;
  /** What the metric measures and its unit, for the alarm's description. */
  readonly what: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** Consecutive periods that raise the alarm; absent: one. */
  readonly periods?: number;
  readonly when?: 'at least' | 'below';
  /** Whether missing data raises the alarm; absent: not breaching, since idle queues report no data. */
  readonly missingData?: 'breaching' | 'not breaching';
  /** For a percentile: a period with few requests does not change the alarm, since one slow request would decide it. */
  readonly ignoreFewSamples?: boolean;
}

/**
 * An alarm whose description states impact, metric, runbook section, replay command and a page of the console. Plain
 * metrics only: LocalStack ignores alarms on metric math and composite alarms. `id` is unique in the stack, as the logical
 * id derives from it.
 */
export class ServiceAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: ServiceAlarmProps) {
    super(scope, id);
    const { config, onCall, metric } = props;
    const console = consoleLink(this, config, metric);
    this.alarm = new Alarm(this, 'Alarm', {
      alarmDescription: `${onCall.impact} Measured: ${props.what}. Runbook: docs/runbook.md#${onCall.runbook}. Replay: ${onCall.replay} Console: ${console}`,
      metric,
      threshold: props.threshold,
      evaluationPeriods: props.periods ?? 1,
      comparisonOperator:
        props.when === 'below'
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData:
        props.missingData === 'breaching' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      ...(props.ignoreFewSamples === true ? { evaluateLowSampleCountPercentile: 'ignore' } : {}),
    });
    overrideLogicalId(this.alarm, CfnAlarm, `${id}Alarm`);
    for (const [index, topicArn] of alarmTopicsOf(this, config).entries()) {
      const action = new SnsAction(Topic.fromTopicArn(this, `Topic${index}`, topicArn));
      this.alarm.addAlarmAction(action);
      this.alarm.addOkAction(action);
    }
  }
}
