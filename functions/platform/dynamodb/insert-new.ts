import type { BatchStatementError, BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { TRIES, TableBusy, getRow, isInvalid, pauseBefore, realPause } from './table.ts';
import type { Pause, Row } from './table.ts';
import { settleAll } from '../settle.domain.ts';
import { BatchExecuteStatementCommand } from './commands.ts';
import type { DynamoClient } from '../aws/command.ts';

/** The most statements of one call. */
const BATCH = 25;

/** Transient errors of single statements (API reference, BatchStatementError), which the SDK does not retry. */
const TRANSIENT = new Set([
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'TransactionConflict',
  'InternalServerError',
]);

/** Writes a row unless its key exists. Returns undefined when the row was written, else the existing row. */
export type InsertNew = (row: Row) => Promise<Row | undefined>;

/** The outcome of one statement. */
type Inserted =
  | { readonly kind: 'new' }
  | { readonly kind: 'exists' }
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
  if (Code === 'DuplicateItem' || Code === 'ConditionalCheckFailed') return { kind: 'exists' };
  if (TRANSIENT.has(Code)) return { kind: 'busy', error: new TableBusy(`${Code}: ${Message}`) };
  return { kind: 'failed', error: new Error(`${Code}: ${Message}`) };
};

/** Inserts up to 25 rows with distinct keys in one call; the outcome of each row is independent of the others. */
const insertBatch = async (
  client: DynamoClient,
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

const NO_RESPONSE: Inserted = {
  kind: 'failed',
  error: new Error('DynamoDB returned no response for a statement'),
};

/**
 * Takes the rows that fit into one call. Rows with equal keys need separate calls: a call may write an item only once.
 */
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
 * Group commit: rows that arrive while a call is in flight, or in the same tick of the event loop, share the next call.
 * No timer delays them, so a single row is written at once, and ten concurrent rows cost one or two calls. Throttled rows
 * are retried with backoff; if throttling lasts, the insert throws TableBusy.
 */
export const makeInsertNew = (client: DynamoClient, table: string, pause: Pause = realPause): InsertNew => {
  let waiting: Waiting[] = [];
  let running = false;

  const add = (one: Waiting) => {
    waiting.push(one);
    if (!running) void run();
  };

  const retry = async (one: Waiting, error: Error) => {
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
      case 'exists': {
        const key = { pk: String(one.row['pk']), sk: String(one.row['sk']) };
        const existing = await getRow(client, { table, key });
        if (existing === undefined)
          void retry(one, new TableBusy('the existing row was deleted before it was read'));
        else one.resolve(existing);
        break;
      }
      case 'busy':
        void retry(one, outcome.error);
        break;
      case 'failed':
        one.reject(outcome.error);
        break;
    }
  };

  /** A call that one row makes invalid writes nothing. It is bisected, until that row fails alone. */
  const flush = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const outcomes = await insertBatch(
        client,
        batch.map((one) => one.statement),
      );
      await settleAll(
        batch.map((one, index) => settle(one, outcomes[index] ?? NO_RESPONSE).catch(one.reject)),
      );
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
      // Builds the statement here, so that a row that cannot be marshalled fails alone.
      add({ row, statement: statement(table, row), address, tries: 0, resolve, reject });
    });
};
