import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Stage } from './stage.ts';

export interface QueueState {
  /** Visible and in-flight messages, approximately. */
  readonly held: number;
  readonly visibilityMs: number;
}

/** The attributes of the queue whose URL is the stack output `output`. */
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
    ApproximateNumberOfMessages: visible = '0',
    ApproximateNumberOfMessagesNotVisible: inFlight = '0',
    VisibilityTimeout: visibility = '0',
  } = Attributes;
  return { held: Number(visible) + Number(inFlight), visibilityMs: Number(visibility) * 1000 };
};
