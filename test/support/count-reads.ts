import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { itemBytes } from './dynamo-limits.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** What DynamoDB bills reads for: 4 KB a unit, half of it where the read is not strong. */
const UNIT_BYTES = 4_096;

export interface Reads {
  calls: number;
  /** As Amazon DynamoDB counts them: a query by the sum of its items, a batch by each item. */
  units: number;
  bytes: number;
}

const units = (bytes: number, strong: boolean) =>
  Math.max(1, Math.ceil(bytes / UNIT_BYTES)) * (strong ? 1 : 0.5);

/** Counts what a client reads from now on, by the sizes of the items: emulators count units of their own. */
export const countReads = (client: DynamoDBDocumentClient): Reads => {
  const reads: Reads = { calls: 0, units: 0, bytes: 0 };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      const { commandName } = context;
      const input = args.input as { ConsistentRead?: boolean };
      const output = answer.output as {
        Items?: Item[];
        Responses?: Record<string, Item[]>;
      };
      if (commandName !== 'QueryCommand' && commandName !== 'BatchGetItemCommand') return answer;
      const sizes = [...(output.Items ?? []), ...Object.values(output.Responses ?? {}).flat()].map(itemBytes);
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      reads.calls += 1;
      reads.bytes += bytes;
      reads.units +=
        commandName === 'QueryCommand'
          ? units(bytes, input.ConsistentRead === true)
          : sizes.reduce((sum, size) => sum + units(size, true), 0);
      return answer;
    },
    // Behind the serialization, where items are as DynamoDB gives them.
    { step: 'build', name: 'countReads', override: true },
  );
  return reads;
};
