import { BatchExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import type { BatchStatementError, BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { TRIES, TableBusy, getRow, isInvalid, pauseBefore, realPause } from './table.ts';
import type { Pause, Row } from './table.ts';
import { settleAll } from '../settle.domain.ts';

/** Statements of one call. */
const BATCH = 25;

/** Errors of single statements that pass by themselves (API reference, BatchStatementError): the SDK retries none. */
const PASSING = new Set([
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'TransactionConflict',
  'InternalServerError',
]);

/** Writes a row unless one stands at its key; undefined when written, else the row that stands there. */
export type InsertNew = (row: Row) => Promise<Row | undefined>;

/** The outcome of one statement. */
type Inserted =
  | { readonly kind: 'new' }
  | { readonly kind: 'stands' }
  | { readonly kind: 'busy'; readonly error: Error }
  | { readonly kind: 'failed'; readonly error: Error };

const statement = (table: string, row: Row): BatchStatementRequest => {
  const item = marshall(row, { removeUndefinedValues: true });
  const names = Object.keys(item);
  return {
    Statement: `INSERT INTO "${table}" VALUE {${names.map((name) => `'${name}': ?`).join(', ')}}`,
    Parameters: names.map((name) => item[name] ?? { NULL: true }),
  };
};

const outcomeOf = (error: BatchStatementError | undefined): Inserted => {
  if (error === undefined) return { kind: 'new' };
  const { Code = 'unknown', Message = '' } = error;
  if (Code === 'DuplicateItem' || Code === 'ConditionalCheckFailed') return { kind: 'stands' };
  if (PASSING.has(Code)) return { kind: 'busy', error: new TableBusy(`${Code}: ${Message}`) };
  return { kind: 'failed', error: new Error(`${Code}: ${Message}`) };
};

/**
 * Inserts up to 25 rows with distinct keys in one call, each by itself: a row that stands already does not hold up the
 * others.
 */
const insertBatch = async (
  client: DynamoDBDocumentClient,
  statements: BatchStatementRequest[],
): Promise<readonly Inserted[]> => {
  const { Responses = [] } = await client.send(new BatchExecuteStatementCommand({ Statements: statements }));
  return statements.map((_, index) => outcomeOf(Responses[index]?.Error));
};

interface Waiting {
  readonly row: Row;
  readonly statement: BatchStatementRequest;
  readonly address: string;
  readonly tries: number;
  readonly resolve: (existing: Row | undefined) => void;
  readonly reject: (error: unknown) => void;
}

const NO_ANSWER: Inserted = { kind: 'failed', error: new Error('a statement without an answer') };

/** What fits into one call. Rows with one key go in separate calls, since a call may write an item only once. */
const split = (waiting: readonly Waiting[]) => {
  const batch = new Map<string, Waiting>();
  const rest: Waiting[] = [];
  for (const one of waiting) {
    if (batch.size < BATCH && !batch.has(one.address)) batch.set(one.address, one);
    else rest.push(one);
  }
  return { batch: [...batch.values()], rest };
};

/**
 * Group commit: rows that come while a call is under way, or within the same turn of the event loop, go out together.
 * Nothing waits on a timer, so a lone row is written at once, and ten that end side by side cost one or two calls.
 * Rows that were throttled come back after a pause, TableBusy when that lasts.
 */
export const makeInsertNew = (
  client: DynamoDBDocumentClient,
  table: string,
  pause: Pause = realPause,
): InsertNew => {
  let waiting: Waiting[] = [];
  let running = false;

  const add = (one: Waiting) => {
    waiting.push(one);
    if (!running) void run();
  };

  const again = async (one: Waiting, error: Error) => {
    if (one.tries === TRIES) {
      one.reject(error);
      return;
    }
    await pauseBefore(one.tries, pause);
    add({ ...one, tries: one.tries + 1 });
  };

  const settle = async (one: Waiting, outcome: Inserted) => {
    switch (outcome.kind) {
      case 'new':
        one.resolve(undefined);
        break;
      case 'stands': {
        const key = { pk: String(one.row['pk']), sk: String(one.row['sk']) };
        const existing = await getRow(client, { table, key });
        if (existing === undefined) void again(one, new TableBusy('a row came and went'));
        else one.resolve(existing);
        break;
      }
      case 'busy':
        void again(one, outcome.error);
        break;
      case 'failed':
        one.reject(outcome.error);
        break;
    }
  };

  /** A call that one row makes invalid has written nothing; it is made again by halves, until that row fails alone. */
  const flush = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const outcomes = await insertBatch(
        client,
        batch.map((one) => one.statement),
      );
      await settleAll(batch.map((one, index) => settle(one, outcomes[index] ?? NO_ANSWER).catch(one.reject)));
    } catch (error) {
      if (isInvalid(error) && batch.length > 1) {
        const middle = Math.ceil(batch.length / 2);
        await flush(batch.slice(0, middle));
        await flush(batch.slice(middle));
      } else for (const one of batch) one.reject(error);
    }
  };

  const run = async () => {
    running = true;
    await Promise.resolve();
    while (waiting.length > 0) {
      const { batch, rest } = split(waiting);
      waiting = rest;
      await flush(batch);
    }
    running = false;
  };

  return (row) =>
    new Promise((resolve, reject) => {
      const address = JSON.stringify([row['pk'], row['sk']]);
      // Made here, so that a row which cannot be marshalled fails alone.
      add({ row, statement: statement(table, row), address, tries: 0, resolve, reject });
    });
};
