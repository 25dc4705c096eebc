import type {
  BatchExecuteStatementCommandInput,
  BatchExecuteStatementCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  BatchWriteCommandInput,
  BatchWriteCommandOutput,
  DeleteCommandInput,
  DeleteCommandOutput,
  GetCommandInput,
  GetCommandOutput,
  PutCommandInput,
  PutCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
  TransactWriteCommandInput,
  TransactWriteCommandOutput,
  UpdateCommandInput,
  UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { PlainCommand } from '../aws/command.ts';
import { isFields } from '../json-values.domain.ts';
import type { JsonObject } from '../aws/json-answer.ts';
import type { ServiceError } from '../aws/json-answer.ts';
import { ConditionFailed, TransactionCanceled } from './errors.ts';
import { fromWire, toWire, wireValue } from './wire-values.ts';

/** DynamoDB's operations on items of plain values, as `@aws-sdk/lib-dynamodb` describes them (docs/decisions/0103). */

type Answered<Output> = Omit<Output, '$metadata'>;

const mapEntries = (all: JsonObject, one: (value: unknown, name: string) => unknown): JsonObject =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [name, one(value, name)]));

const mapList = (value: unknown, one: (item: unknown) => unknown): unknown =>
  Array.isArray(value) ? value.map(one) : value;

const mapObject = (value: unknown, one: (value: unknown, name: string) => unknown): unknown =>
  isFields(value) ? mapEntries(value, one) : value;

const encodeItem = (value: unknown): unknown => (isFields(value) ? toWire(value) : value);

/** Of a table in RequestItems: `{Keys}` to read, or a list of `{PutRequest: {Item}}` and `{DeleteRequest: {Key}}`. */
const encodeRequests = (requests: unknown): unknown =>
  Array.isArray(requests)
    ? requests.map((request) => mapObject(request, encodeFields))
    : mapObject(requests, (value, name) => (name === 'Keys' ? mapList(value, encodeItem) : value));

const encodeField = (value: unknown, name: string): unknown => {
  switch (name) {
    case 'Item':
    case 'Key':
    case 'ExclusiveStartKey':
    case 'ExpressionAttributeValues':
      return encodeItem(value);
    case 'RequestItems':
      return mapObject(value, encodeRequests);
    case 'TransactItems':
      return mapList(value, (action) => mapObject(action, encodeFields));
    default:
      return value;
  }
};

const encodeFields = (value: unknown): unknown => mapObject(value, encodeField);

const decodeRequests = (requests: unknown): unknown =>
  Array.isArray(requests)
    ? requests.map((request) => mapObject(request, (one) => mapObject(one, fromWire)))
    : mapObject(requests, (value, name) => (name === 'Keys' ? mapList(value, fromWire) : value));

const decodeField = (value: unknown, name: string): unknown => {
  switch (name) {
    case 'Item':
    case 'Attributes':
    case 'LastEvaluatedKey':
      return fromWire(value);
    case 'Items':
      return mapList(value, fromWire);
    case 'Responses':
      return mapObject(value, (items) => mapList(items, fromWire));
    case 'UnprocessedItems':
    case 'UnprocessedKeys':
      return mapObject(value, decodeRequests);
    default:
      return value;
  }
};

const failureOf = (error: ServiceError): Error => {
  const { name, message, answer } = error;
  if (name === 'ConditionalCheckFailedException')
    return new ConditionFailed(message, fromWire(answer['Item']), { cause: error });
  if (name !== 'TransactionCanceledException') return error;
  const reasons: readonly unknown[] = Array.isArray(answer['CancellationReasons'])
    ? answer['CancellationReasons']
    : [];
  return new TransactionCanceled(
    message,
    reasons.map((reason) => {
      const { Code, Item } = isFields(reason) ? reason : {};
      return { code: typeof Code === 'string' ? Code : 'None', item: fromWire(Item) };
    }),
    { cause: error },
  );
};

class DocumentCommand<Input extends object, Output> extends PlainCommand<
  'DynamoDB',
  Input,
  Answered<Output>
> {
  override request(): JsonObject {
    return mapEntries(super.request(), encodeField);
  }

  override output(answer: JsonObject): Answered<Output> {
    return super.output(mapEntries(answer, decodeField));
  }

  override failure(error: ServiceError): Error {
    return failureOf(error);
  }
}

/** The command of an operation. */
const commandOf = <Input extends object, Output>(
  operation: string,
): new (input: Input) => DocumentCommand<Input, Output> =>
  class extends DocumentCommand<Input, Output> {
    constructor(input: Input) {
      super('DynamoDB', operation, input);
    }
  };

export const GetCommand = commandOf<GetCommandInput, GetCommandOutput>('GetItem');
export const PutCommand = commandOf<PutCommandInput, PutCommandOutput>('PutItem');
export const UpdateCommand = commandOf<UpdateCommandInput, UpdateCommandOutput>('UpdateItem');
export const DeleteCommand = commandOf<DeleteCommandInput, DeleteCommandOutput>('DeleteItem');
export const QueryCommand = commandOf<QueryCommandInput, QueryCommandOutput>('Query');
export const ScanCommand = commandOf<ScanCommandInput, ScanCommandOutput>('Scan');
export const BatchGetCommand = commandOf<BatchGetCommandInput, BatchGetCommandOutput>('BatchGetItem');
export const BatchWriteCommand = commandOf<BatchWriteCommandInput, BatchWriteCommandOutput>('BatchWriteItem');
export const TransactWriteCommand = commandOf<TransactWriteCommandInput, TransactWriteCommandOutput>(
  'TransactWriteItems',
);

/** Statements with attribute values as parameters, which the caller converts: one that cannot be fails alone. */
export class BatchExecuteStatementCommand extends PlainCommand<
  'DynamoDB',
  BatchExecuteStatementCommandInput,
  Answered<BatchExecuteStatementCommandOutput>
> {
  constructor(input: BatchExecuteStatementCommandInput) {
    super('DynamoDB', 'BatchExecuteStatement', input);
  }

  override request(): JsonObject {
    const { Statements, ...rest } = this.input;
    return {
      ...rest,
      Statements: Statements?.map(({ Parameters, ...statement }) => ({
        ...statement,
        ...(Parameters === undefined ? {} : { Parameters: Parameters.map(wireValue) }),
      })),
    };
  }
}
