import { z } from 'zod';
import type { TopicState } from '../account.port.ts';
import type { Check, Remark } from '../finding.ts';
import { failure, ok, warning } from '../finding.ts';

/** The key of SNS that AWS manages; CloudWatch cannot use it. */
const AWS_KEY = 'alias/aws/sns';

const principal = z.union([z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))]);
const policy = z.object({
  Statement: z.array(
    z.object({
      Effect: z.string(),
      Principal: principal.optional(),
      Action: z.union([z.string(), z.array(z.string())]).optional(),
      Condition: z.unknown().optional(),
    }),
  ),
});

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

const principalsOf = (value: z.infer<typeof principal> | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(list);

const allowsPublish = (action: string) => /^(\*|sns:\*|sns:publish)$/i.test(action);

/** Whether CloudWatch of this account may publish: by its service, or by the default policy of a topic. */
const admitsAlarms = ({ policy: text }: TopicState): boolean =>
  policy
    .parse(JSON.parse(text))
    .Statement.some(
      ({ Effect, Principal, Action }) =>
        Effect === 'Allow' &&
        list(Action).some(allowsPublish) &&
        principalsOf(Principal).some((one) => one === '*' || one === 'cloudwatch.amazonaws.com'),
    );

const remarksOn = (arn: string, topic: TopicState): readonly Remark[] => {
  const remarks = [];
  if (topic.kmsKey === AWS_KEY)
    remarks.push(
      failure(
        `the topic ${arn} is encrypted with ${AWS_KEY}, which CloudWatch may not use`,
        'Encrypt the topic with a key of your own whose policy allows cloudwatch.amazonaws.com kms:Decrypt and kms:GenerateDataKey*.',
      ),
    );
  if (!admitsAlarms(topic))
    remarks.push(
      failure(
        `the policy of ${arn} does not allow CloudWatch to publish`,
        'Allow cloudwatch.amazonaws.com the action sns:Publish in the policy of the topic.',
      ),
    );
  if (topic.subscriptions === 0)
    remarks.push(
      warning(
        `the topic ${arn} has no confirmed subscription`,
        'Subscribe an address and confirm it, or the alarms reach no one.',
      ),
    );
  return remarks.length > 0 ? remarks : [ok(`${arn}, ${topic.subscriptions} subscriptions`)];
};

/** The topic that alarms notify. */
export const alarmTarget: Check = {
  name: 'target of alarms',
  needs: ['sns:GetTopicAttributes'],
  async run({ config: { alarmTopicArn: arn, alarmEmail, name }, account: id, region }, account) {
    const stage = `stages/${name}.jsonc`;
    if (arn === undefined && alarmEmail !== undefined)
      return ok(`mail to ${alarmEmail}, once the link is followed that Amazon SNS sends there`);
    if (arn === undefined)
      return warning(
        'alarms notify no one, so they are visible only in the console',
        `Set "alarmEmail" in ${stage}, or "alarmTopicArn" to the ARN of an SNS topic in ${region}.`,
      );
    if (arn.split(':')[3] !== region)
      return failure(
        `${arn} is not in ${region}`,
        `Set "alarmTopicArn" in ${stage} to a topic in ${region}.`,
      );
    const topic = await account.topic(arn);
    if (topic === undefined)
      return failure(`the topic ${arn} does not exist`, `Create it, or correct "alarmTopicArn" in ${stage}.`);
    const foreign =
      arn.split(':')[4] === id
        ? []
        : [
            warning(
              `${arn} is a topic of another account`,
              'Make sure that its policy allows cloudwatch.amazonaws.com for this account (aws:SourceAccount).',
            ),
          ];
    return [...foreign, ...remarksOn(arn, topic)];
  },
};
