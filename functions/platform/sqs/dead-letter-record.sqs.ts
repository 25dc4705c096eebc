import type { SQSRecord } from 'aws-lambda';
import type { SqsClient } from '../aws/command.ts';
import type { DeadLetterRecord } from '../lambda/poison-records.ts';
import { makeSendAll } from './client.sqs.ts';

/**
 * Sends a record to the dead-letter queue as SQS would: the same body, message group and attributes. SQS gives it another message id,
 * so it carries the one under which the failure log knows it.
 */
export const makeDeadLetterRecord = (sqs: SqsClient, queueUrl: string): DeadLetterRecord => {
  const sendAll = makeSendAll(sqs, queueUrl);
  return ({ messageId, body, attributes, messageAttributes }: SQSRecord) =>
    sendAll([
      {
        ...{ body, group: attributes.MessageGroupId ?? messageId, record: messageId },
        attributes: Object.fromEntries(
          Object.entries(messageAttributes).map(([name, { stringValue = '' }]) => [name, stringValue]),
        ),
      },
    ]);
};
