import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { itemBytes } from './dynamo-limits.ts';
import type { DynamoClient } from '../../functions/platform/aws/command.ts';
import { aroundCalls } from './raw-calls.ts';

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

interface Answer {
  readonly Items?: Item[];
  readonly Responses?: Record<string, Item[]>;
}

/** Counts what a client reads from now on, by the sizes of the items: emulators count units of their own. */
export const countReads = (client: DynamoClient): Reads => {
  const reads: Reads = { calls: 0, units: 0, bytes: 0 };
  aroundCalls(client, async (operation, make, input) => {
    const answer = await make();
    if (operation !== 'Query' && operation !== 'BatchGetItem') return answer;
    const { Items = [], Responses = {} } = answer as Answer;
    const sizes = [...Items, ...Object.values(Responses).flat()].map(itemBytes);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const strong = (input as { readonly ConsistentRead?: boolean }).ConsistentRead === true;
    reads.calls += 1;
    reads.bytes += bytes;
    reads.units +=
      operation === 'Query' ? units(bytes, strong) : sizes.reduce((sum, size) => sum + units(size, true), 0);
    return answer;
  });
  return reads;
};
