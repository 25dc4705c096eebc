import { Annotations, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscription, CfnTopic, CfnTopicPolicy, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from '../building-blocks/logical-id.ts';

const ID = 'AlarmTopic';

/**
 * The topic that mails alarms to `alarmEmail`. Amazon SNS sends that address a link first, and nothing until it is
 * opened. Not encrypted with a key: alarms cannot publish to a topic with the AWS managed key, and their texts are no
 * secret.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(stack: Stack, { config, email }: { config: StageConfig; email: string }) {
    super(stack, ID);
    this.topic = new Topic(this, 'Topic', { displayName: `Posthorn ${config.name}`, enforceSSL: true });
    overrideLogicalId(this.topic, CfnTopic, ID);
    // A policy of its own replaces the default one, by which every alarm of the account may publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfTheStage',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          ArnLike: {
            'aws:SourceArn': stack.formatArn({
              service: 'cloudwatch',
              resource: `alarm:${stack.stackName}-*`,
            }),
          },
        },
      }),
    );
    overrideLogicalIdBelow(this.topic, CfnTopicPolicy, `${ID}Policy`);
    this.topic.addSubscription(new EmailSubscription(email));
    overrideLogicalIdBelow(this.topic, CfnSubscription, `${ID}Mail`);
  }
}

/** Makes the topic of a stage with `alarmEmail`, and warns of a stage whose alarms notify no one. */
export const makeAlarmTopic = (stack: Stack, config: StageConfig): void => {
  const { alarmEmail: email, alarmTopicArn, keepState, target, name } = config;
  if (email !== undefined) new AlarmTopic(stack, { config, email });
  if (target === 'aws' && keepState && email === undefined && alarmTopicArn === undefined)
    Annotations.of(stack).addWarningV2(
      'posthorn:alarms-without-recipient',
      `The alarms of stage "${name}" notify no one: set alarmEmail or alarmTopicArn in stages/${name}.jsonc.`,
    );
};

/** The topics that the alarms of a stack notify. */
export const alarmTopicsOf = (scope: IConstruct, config: StageConfig): readonly string[] => {
  const own = Stack.of(scope).node.tryFindChild(ID);
  return [
    ...(own instanceof AlarmTopic ? [own.topic.topicArn] : []),
    ...(config.alarmTopicArn === undefined ? [] : [config.alarmTopicArn]),
  ];
};
