import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Deps } from './deps.ts';
import { getRow } from '../platform/dynamodb/table.ts';
import { settleAll } from '../platform/settle.domain.ts';

interface Reached {
  readonly dynamo: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly catalog: string;
  readonly control: string;
  readonly deliveryQueueUrl: string;
}

/** Nothing lies there: what counts is that the table answers. */
const NOWHERE = { pk: 'health', sk: 'health' };

const answers = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );

/** Whether what requests depend on answers now: the Catalog, the delivery queue, and Control, which others call a cache. */
export const makeHealth =
  ({ dynamo, sqs, catalog, control, deliveryQueueUrl }: Reached): Deps['health'] =>
  async () => {
    const attributes = new GetQueueAttributesCommand({
      QueueUrl: deliveryQueueUrl,
      AttributeNames: ['QueueArn'],
    });
    const [database, queue, cache] = await settleAll([
      answers(getRow(dynamo, { table: catalog, key: NOWHERE })),
      answers(sqs.send(attributes)),
      answers(getRow(dynamo, { table: control, key: NOWHERE })),
    ]);
    return { database, queue, cache };
  };
