import type { Deps } from './deps.ts';
import { getRow } from '../platform/dynamodb/table.ts';
import { settleAll } from '../platform/settle.domain.ts';
import { GetQueueAttributesCommand } from '../platform/aws/commands.ts';
import type { DynamoClient, SqsClient } from '../platform/aws/command.ts';

interface HealthCheckDeps {
  readonly dynamo: DynamoClient;
  readonly sqs: SqsClient;
  readonly catalog: string;
  readonly control: string;
  readonly deliveryQueueUrl: string;
}

/** A key without an item: the check only needs a response of the table. */
const ABSENT_KEY = { pk: 'health', sk: 'health' };

const answers = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );

/**
 * Checks that the dependencies of requests respond: `database` is Catalog, `queue` the delivery queue, `cache` Control.
 */
export const makeHealth =
  ({ dynamo, sqs, catalog, control, deliveryQueueUrl }: HealthCheckDeps): Deps['health'] =>
  async () => {
    const attributes = new GetQueueAttributesCommand({
      QueueUrl: deliveryQueueUrl,
      AttributeNames: ['QueueArn'],
    });
    const [database, queue, cache] = await settleAll([
      answers(getRow(dynamo, { table: catalog, key: ABSENT_KEY })),
      answers(sqs.send(attributes)),
      answers(getRow(dynamo, { table: control, key: ABSENT_KEY })),
    ]);
    return { database, queue, cache };
  };
