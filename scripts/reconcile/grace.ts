import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Stage } from '../dlq/stage.ts';

/** Queues that a delivery or a message passes on its way. */
const QUEUES = ['DeliveryQueueUrl', 'SlowDeliveryQueueUrl', 'FanOutQueueUrl'];
/** Streams and the sweep bring what they bring within this (ms); past it they have alarms. */
const MARGIN_MS = 180_000;

/**
 * How long something may be overdue (ms) and still be in a queue or in a function's hands: one visibility, and the age of
 * the oldest message where a queue is not empty. SQS tells that age to CloudWatch alone, so the operator says it.
 */
export const graceOf = async ({ sqs, get }: Stage, queueAgeMs: number): Promise<number> => {
  const graces = QUEUES.map(async (output) => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: get(output),
        AttributeNames: ['ApproximateNumberOfMessages', 'VisibilityTimeout'],
      }),
    );
    const { ApproximateNumberOfMessages: waiting = '0', VisibilityTimeout: visibility = '0' } = Attributes;
    return Number(visibility) * 1000 + (waiting === '0' ? 0 : queueAgeMs);
  });
  return MARGIN_MS + Math.max(...(await Promise.all(graces)));
};
