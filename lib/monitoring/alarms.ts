import type { IAlarmAction, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm, CfnAlarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { overrideLogicalId } from '../building-blocks/logical-id.ts';
import type { OnCallInformation } from '../building-blocks/on-call-information.ts';

export interface ServiceAlarmProps {
  readonly config: StageConfig;
  readonly onCall: OnCallInformation;
  /** What is measured, in a few words: "dead letters". */
  readonly what: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** Periods in a row. */
  readonly periods?: number;
  readonly when?: 'at least' | 'below';
  /** What silence means; idle queues send no data, which is good. */
  readonly silence?: 'good' | 'bad';
}

/**
 * An alarm that says whom it hurts and where to read on. Plain metrics only: alarms over expressions, and composite
 * ones, do nothing on LocalStack. `id` is unique in the stack: the alarm's logical id follows from it.
 */
export class ServiceAlarm extends Construct {
  constructor(scope: Construct, id: string, props: ServiceAlarmProps) {
    super(scope, id);
    const { config, onCall } = props;
    const alarm = new Alarm(this, 'Alarm', {
      alarmDescription: `${onCall.impact} Measured: ${props.what}. Runbook: docs/runbook.md#${onCall.runbook}. Replay: ${onCall.replay}`,
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.periods ?? 1,
      comparisonOperator:
        props.when === 'below'
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: props.silence === 'bad' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    overrideLogicalId(alarm, CfnAlarm, `${id}Alarm`);
    for (const action of this.actions(config)) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }

  private actions({ alarmTopicArn }: StageConfig): IAlarmAction[] {
    return alarmTopicArn === undefined
      ? []
      : [new SnsAction(Topic.fromTopicArn(this, 'Topic', alarmTopicArn))];
  }
}
