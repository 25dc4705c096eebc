import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { JsonClient } from '../../functions/platform/aws/json-client.ts';

/** Limits of Amazon DynamoDB that emulators do not enforce (Developer Guide, "Quotas in Amazon DynamoDB"). */
const KEY_BYTES = { pk: 2_048, sk: 1_024 } as const;
const ITEM_BYTES = 400 * 1_024;
const EXPRESSION_BYTES = 4_096;
const MOST = { TransactItems: 100, BatchWriteItem: 25, BatchGetItem: 100 } as const;
const MOST_DIGITS = 38;
const LARGEST = 9.999e125;
const SMALLEST = 1e-130;
const MOST_LEVELS = 32;

type Value = Partial<Record<'S' | 'N' | 'B' | 'M' | 'L' | 'SS' | 'NS' | 'BS' | 'NULL' | 'BOOL', any>>;
type Item = Readonly<Record<string, AttributeValue>>;

const isItem = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

const numberProblem = (text: string): string | undefined => {
  const size = Math.abs(Number(text));
  if (!Number.isFinite(size)) return `${text} is not a number`;
  const digits = /^-?0*([\d.]*)/.exec(text)?.[1]?.replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  if ((digits?.length ?? 0) > MOST_DIGITS) return `${text} has more than ${MOST_DIGITS} digits`;
  if (size > LARGEST) return `${text} is too large`;
  return size !== 0 && size < SMALLEST ? `${text} is too small` : undefined;
};

/** The size of a value in bytes; throws if the value exceeds a limit. */
const bytesOf = (value: Value, level: number): number => {
  if (level > MOST_LEVELS) throw new Error('nested more than 32 levels deep');
  const list = (some: readonly Value[]) =>
    3 + some.reduce((sum, one) => sum + 1 + bytesOf(one, level + 1), 0);
  if (value.S !== undefined) return Buffer.byteLength(value.S as string);
  if (typeof value.B === 'string') return Buffer.byteLength(value.B, 'base64');
  if (value.B !== undefined) return (value.B as Uint8Array).byteLength;
  if (value.L !== undefined) return list(value.L as Value[]);
  if (value.M !== undefined)
    return Object.entries(value.M as Record<string, Value>).reduce(
      (sum, [name, one]) => sum + 1 + Buffer.byteLength(name) + bytesOf(one, level + 1),
      3,
    );
  if (value.N !== undefined) {
    const problem = numberProblem(String(value.N));
    if (problem !== undefined) throw new Error(problem);
    return 21;
  }
  const set = (value.SS ?? value.NS ?? value.BS) as readonly (string | Uint8Array)[] | undefined;
  if (set?.length === 0) throw new Error('an empty set');
  return (set ?? ['']).reduce((sum, one) => sum + Buffer.byteLength(one), 1);
};

const keyProblem = (name: 'pk' | 'sk', value: Value | undefined): string | undefined => {
  if (value?.S === undefined) return undefined;
  const bytes = Buffer.byteLength(value.S as string);
  if (bytes === 0) return `${name} is empty`;
  return bytes > KEY_BYTES[name] ? `${name} has ${bytes} bytes` : undefined;
};

/** Bytes of an item, as DynamoDB counts them for its limit and for what it bills. */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + bytesOf(value as Value, 1),
    0,
  );

const itemProblem = (item: Item): string | undefined => {
  const key = keyProblem('pk', item['pk'] as Value) ?? keyProblem('sk', item['sk'] as Value);
  if (key !== undefined) return key;
  const total = itemBytes(item);
  return total > ITEM_BYTES ? `an item of ${total} bytes` : undefined;
};

/** Checks the values of a key condition against the limits of the key that they are compared with. */
const conditionProblem = (input: Record<string, any>): string | undefined => {
  const text = String(input['KeyConditionExpression'] ?? '');
  const names = (input['ExpressionAttributeNames'] ?? {}) as Record<string, string>;
  const values = (input['ExpressionAttributeValues'] ?? {}) as Record<string, Value>;
  for (const clause of text.split(/ AND (?=#?\w+ |begins_with)/i)) {
    const name = /#?\w+/.exec(clause.replace(/begins_with\s*\(/i, ''))?.[0] ?? '';
    const key = (names[name] ?? name) === 'pk' ? 'pk' : 'sk';
    for (const [placeholder] of clause.matchAll(/:\w+/g)) {
      const problem = keyProblem(key, values[placeholder]);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
};

const ITEMS = new Set(['Item', 'Key', 'ExclusiveStartKey', 'ExpressionAttributeValues']);

const problemIn = (input: unknown): string | undefined => {
  if (Array.isArray(input)) return input.map(problemIn).find((one) => one !== undefined);
  if (!isItem(input)) return undefined;
  const condition = conditionProblem(input);
  if (condition !== undefined) return condition;
  for (const [name, value] of Object.entries(input)) {
    if (name.endsWith('Expression') && Buffer.byteLength(String(value)) > EXPRESSION_BYTES)
      return `${name} has more than ${EXPRESSION_BYTES} bytes`;
    if (name === 'Keys' && Array.isArray(value)) {
      const keys = (value as Item[]).map(itemProblem).find((one) => one !== undefined);
      if (keys !== undefined) return keys;
    } else {
      const problem = ITEMS.has(name) && isItem(value) ? itemProblem(value as Item) : problemIn(value);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
};

const countProblem = (command: string, input: Record<string, any>): string | undefined => {
  const transact = (input['TransactItems'] as unknown[] | undefined)?.length ?? 0;
  if (transact > MOST.TransactItems) return `${transact} items in a transaction`;
  if (!isItem(input['RequestItems'])) return undefined;
  const requests = Object.values(input['RequestItems'] as Record<string, any>);
  const count = requests.reduce((sum: number, one) => sum + ((one.Keys ?? one) as unknown[]).length, 0);
  const most = command.startsWith('BatchGet') ? MOST.BatchGetItem : MOST.BatchWriteItem;
  return count > most ? `${count} items in a batch` : undefined;
};

/** Why DynamoDB would refuse a call; undefined if it is within the limits known here. */
export const limitProblem = (command: string, input: Record<string, unknown>): string | undefined => {
  try {
    return countProblem(command, input) ?? problemIn(input);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Makes every DynamoDB client of this process reject calls beyond these limits. */
export const enforceDynamoLimits = (): void => {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the client as `this`
  const { call } = JsonClient.prototype;
  JsonClient.prototype.call = async function (operation, input) {
    const problem = this.service.name === 'DynamoDB' ? limitProblem(operation, { ...input }) : undefined;
    if (problem === undefined) return call.apply(this, [operation, input]);
    throw Object.assign(new Error(problem), { name: 'ValidationException' });
  };
};
