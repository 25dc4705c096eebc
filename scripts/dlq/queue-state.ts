import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Stage } from './stage.ts';

export interface QueueState {
  /** Records that wait or are in somebody's hands. */
  readonly held: number;
  readonly visibilityMs: number;
}

/** What SQS says about the queue whose URL is this output of the stack. */
export const queueState = async ({ sqs, get }: Stage, output: string): Promise<QueueState> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: get(output),
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'VisibilityTimeout',
      ],
    }),
  );
  const {
    ApproximateNumberOfMessages: seen = '0',
    ApproximateNumberOfMessagesNotVisible: hidden = '0',
    VisibilityTimeout: visibility = '0',
  } = Attributes;
  return { held: Number(seen) + Number(hidden), visibilityMs: Number(visibility) * 1000 };
};
