import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { isDeepStrictEqual } from 'node:util';
import type { Index } from '../../../../functions/platform/dynamodb/indexes.ts';
import { addUnits, chunks, indexWriteUnits, readUnits, writeUnits } from './billing.ts';
import type { IndexEntry, Units } from './billing.ts';
import { rangeKindOf, rowKindOf } from './row-kinds.ts';
import { itemBytes } from '../../dynamo-limits.ts';
import type { SentCall } from '../../tap-calls.ts';

/** An item as the DynamoDB API writes it. */
type Item = Readonly<Record<string, AttributeValue>>;

type Input = Readonly<Record<string, any>>;

interface Place {
  readonly table: string;
  readonly key: Item;
}

const KEY_NAMES = ['pk', 'sk'];

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

const keyOf = (item: Item): Item =>
  Object.fromEntries(Object.entries(item).filter(([name]) => KEY_NAMES.includes(name)));

/** The item of `INSERT INTO "table" VALUE {'name': ?, ...}`: the only statement that functions make. */
const insertedPlace = ({ Statement, Parameters }: Input): Place => {
  const [, table = ''] = /^INSERT INTO "([^"]+)" VALUE/.exec(String(Statement)) ?? [];
  if (table === '') throw new Error(`The benchmark cannot read ${Statement}: add it to call-units.ts.`);
  const names = [...String(Statement).matchAll(/'([^']+)': \?/g)].map(([, name = '']) => name);
  const values = Parameters as AttributeValue[];
  return { table, key: keyOf(Object.fromEntries(names.map((name, index) => [name, values[index]!]))) };
};

/** What a call writes to: the keys of its items, and whether in a transaction. */
const writesOf = (operation: string, input: Input): { places: readonly Place[]; transacted: boolean } => {
  const place = (one: Input): Place => ({
    table: one['TableName'],
    key: keyOf((one['Item'] ?? one['Key']) as Item),
  });
  switch (operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return { places: [place(input)], transacted: false };
    case 'BatchWriteItem': {
      const places = Object.entries(input['RequestItems'] as Record<string, Input[]>).flatMap(
        ([table, requests]) =>
          requests.map((one) => ({
            table,
            key: keyOf((one['PutRequest']?.Item ?? one['DeleteRequest']?.Key) as Item),
          })),
      );
      return { places, transacted: false };
    }
    case 'BatchExecuteStatement':
      return { places: (input['Statements'] as Input[]).map(insertedPlace), transacted: false };
    case 'TransactWriteItems': {
      const items: Input[] = input['TransactItems'];
      return { places: items.flatMap((item) => Object.values<Input>(item)).map(place), transacted: true };
    }
    default:
      return { places: [], transacted: false };
  }
};

/** Bytes that DynamoDB adds to each item when it bills storage. */
const STORED_ITEM_BYTES = 100;

/** Whether a table keeps rows for long, and has backups; these have no indexes, which are made anew when a table is restored. */
export type Keeping = 'no' | 'kept' | 'backed-up';

/** What a table is, as far as its price goes. */
export interface TableKind {
  readonly keeping: Keeping;
  readonly index?: Index;
}

/** The entry of an item in an index; undefined where it lacks one of the index's keys. */
const entryOf = (index: Index | undefined, item: Item | undefined): IndexEntry | undefined => {
  const pk = index && item?.[index.pk];
  const sk = index && item?.[index.sk];
  if (item === undefined || pk === undefined || sk === undefined) return undefined;
  return { key: JSON.stringify([pk, sk]), bytes: itemBytes(item) };
};

/** The units of one row of a call, or of all rows that a query reads. */
export interface RowUnits {
  readonly kind: string;
  readonly write?: number;
  readonly read?: number;
  /** The write left the row as it was: its condition was refused, or it repeated an earlier one. */
  readonly unchanged?: true;
}

/** What a call costs now, and by how many bytes it makes tables larger for as long as rows are kept. */
export interface CallUnits {
  readonly units: Units;
  readonly rows: readonly RowUnits[];
  readonly stored: number;
  readonly backedUp: number;
}

const kindOfPlace = ({ key }: Place): string => rowKindOf(key['pk']?.S ?? '', key['sk']?.S);

const kindOfQuery = (values: Readonly<Record<string, AttributeValue>> = {}): string =>
  rangeKindOf(values[':pk']?.S ?? '', (values[':low'] ?? values[':after'])?.S);

const totals = (rows: readonly RowUnits[]): Units =>
  rows.reduce<Units>((total, { write = 0, read = 0 }) => addUnits(total, { write, read }), {});

const reading = (rows: readonly RowUnits[]): CallUnits => ({
  ...{ units: totals(rows), rows },
  ...{ stored: 0, backedUp: 0 },
});

/** Reads what a call will write to before and after it, by a client of its own that is not counted. */
export const makeDynamoUnits = (client: DynamoDBClient, kindOf: (table: string) => TableKind) => {
  const itemAt = async ({ table, key }: Place): Promise<Item | undefined> => {
    const { Item: found } = await client.send(
      new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
    );
    return found;
  };
  const bytesOf = (item: Item | undefined): number => (item === undefined ? 0 : itemBytes(item));
  const stored = (bytes = 0) => (bytes === 0 ? 0 : bytes + STORED_ITEM_BYTES);

  const written = (
    place: Place,
    before: Item | undefined,
    after: Item | undefined,
    transacted: boolean,
  ): Omit<CallUnits, 'units'> => {
    const { keeping, index } = kindOf(place.table);
    const kind = kindOfPlace(place);
    const isUnchanged = isDeepStrictEqual(before, after);
    const unchanged = isUnchanged ? { unchanged: true as const } : {};
    const [left, entered] = [entryOf(index, before), entryOf(index, after)];
    const growth = stored(bytesOf(after)) - stored(bytesOf(before));
    const indexGrowth = stored(entered?.bytes) - stored(left?.bytes);
    const indexed = indexWriteUnits(left, entered, !isUnchanged);
    return {
      rows: [
        { kind, write: writeUnits(bytesOf(before), bytesOf(after), transacted), ...unchanged },
        ...(indexed === 0 ? [] : [{ kind: `${kind} in the index by time`, write: indexed }]),
      ],
      stored: keeping === 'no' ? 0 : growth + indexGrowth,
      backedUp: keeping === 'backed-up' ? growth : 0,
    };
  };

  const writing = async (operation: string, input: Input, make: () => Promise<unknown>) => {
    const { places, transacted } = writesOf(operation, input);
    const before = await Promise.all(places.map(itemAt));
    const end = async (): Promise<CallUnits> => {
      const after = await Promise.all(places.map(itemAt));
      const all = places.map((place, at) => written(place, before[at], after[at], transacted));
      const rows = all.flatMap((one) => one.rows);
      return {
        ...{ units: totals(rows), rows },
        stored: sum(all.map((one) => one.stored)),
        backedUp: sum(all.map(({ backedUp }) => backedUp)),
      };
    };
    return settle(make, end);
  };

  const getting = async (input: Input): Promise<CallUnits> => {
    const one = async (place: Place, consistent: boolean): Promise<RowUnits> => ({
      kind: kindOfPlace(place),
      read: readUnits(bytesOf(await itemAt(place)), consistent),
    });
    const requests: [string, Input][] =
      input['RequestItems'] === undefined
        ? [[input['TableName'], { Keys: [input['Key']], ConsistentRead: input['ConsistentRead'] }]]
        : Object.entries(input['RequestItems'] as Record<string, Input>);
    const rows = await Promise.all(
      requests.flatMap(([table, { Keys, ConsistentRead }]) =>
        (Keys as Item[]).map((key) => one({ table, key }, ConsistentRead === true)),
      ),
    );
    return reading(rows);
  };

  /** A query is billed for all that it reads, whatever it answers of it: asked again without filter and projection. */
  const querying = async (input: Input): Promise<CallUnits> => {
    const {
      FilterExpression: _filter,
      ProjectionExpression: _projection,
      Select: _select,
      ...whole
    } = input as Input & { TableName: string };
    const used = new Set(`${whole['KeyConditionExpression']}`.match(/[#:][\w]+/g));
    const only = <Value>(all: Readonly<Record<string, Value>> | undefined) =>
      all === undefined
        ? undefined
        : Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
    const expressionNames = only(whole['ExpressionAttributeNames'] as Record<string, string> | undefined);
    const { Items = [] } = await client.send(
      new QueryCommand({
        ...whole,
        ExpressionAttributeNames:
          expressionNames === undefined || Object.keys(expressionNames).length === 0
            ? undefined
            : expressionNames,
        ExpressionAttributeValues: only(
          whole['ExpressionAttributeValues'] as Record<string, AttributeValue> | undefined,
        ),
      }),
    );
    const bytes = sum(Items.map(itemBytes));
    const kind = kindOfQuery(whole['ExpressionAttributeValues'] as Item | undefined);
    return reading([{ kind, read: readUnits(bytes, whole['ConsistentRead'] === true) }]);
  };

  const settle = async (make: () => Promise<unknown>, end: () => Promise<CallUnits>) => {
    const [made] = await Promise.allSettled([make()]);
    const counted = await end();
    const answer = () => {
      if (made.status === 'rejected') throw made.reason;
      return made.value;
    };
    return { answer, ...counted };
  };

  return async (
    { operation, input }: SentCall,
    make: () => Promise<unknown>,
  ): Promise<CallUnits & { readonly answer: () => unknown }> => {
    switch (operation) {
      case 'GetItem':
      case 'BatchGetItem':
        return settle(make, () => getting(input));
      case 'Query':
        return settle(make, () => querying(input));
      case 'PutItem':
      case 'UpdateItem':
      case 'DeleteItem':
      case 'BatchWriteItem':
      case 'BatchExecuteStatement':
      case 'TransactWriteItems':
        return writing(operation, input, make);
      default:
        throw new Error(`The benchmark does not know what ${operation} costs: add it to call-units.ts.`);
    }
  };
};

const sqsUnits = (operation: string, input: Input): Units => {
  const entries: Input[] = operation === 'SendMessageBatch' ? input['Entries'] : [input];
  const bytes = entries.reduce(
    (sum, entry) => sum + Buffer.byteLength(String(entry['MessageBody'] ?? '')),
    0,
  );
  const requests = chunks(bytes);
  const isFair = entries.some((entry) => entry['MessageGroupId'] !== undefined);
  return { sqsRequests: requests, ...(isFair ? { sqsFairRequests: requests } : {}) };
};

const eventUnits = (input: Input): Units => ({
  events: (input['Entries'] as Input[]).reduce(
    (sum, entry) => sum + chunks(Buffer.byteLength(`${entry['Detail'] ?? ''}${entry['DetailType'] ?? ''}`)),
    0,
  ),
});

/** Units of a call to another service than DynamoDB, from what it asks for. */
export const unitsOf = ({ service, operation, input }: SentCall): Units => {
  switch (service) {
    case 'SQS':
      return sqsUnits(operation, input);
    case 'EventBridge':
      return eventUnits(input);
    case 'S3':
      return operation === 'PutObject' ? { s3Puts: 1 } : { s3Gets: 1 };
    case 'Secrets Manager':
      return { secretReads: 1 };
    case 'Lambda':
      return {}; // questions about event source mappings
    default:
      throw new Error(`The benchmark does not know what calls to ${service} cost: add it to call-units.ts.`);
  }
};
