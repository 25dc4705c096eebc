import { BatchExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { getRow } from './table.ts';
import type { Row } from './table.ts';

/** Statements of one call. */
const BATCH = 25;

/** Writes a row unless one stands at its key; undefined when written, else the row that stands there. */
export type InsertNew = (row: Row) => Promise<Row | undefined>;

/** The outcome of one statement. */
type Inserted =
  { readonly kind: 'new' } | { readonly kind: 'stands' } | { readonly kind: 'failed'; readonly error: Error };

const statement = (table: string, row: Row) => {
  const item = marshall(row, { removeUndefinedValues: true });
  const names = Object.keys(item);
  return {
    Statement: `INSERT INTO "${table}" VALUE {${names.map((name) => `'${name}': ?`).join(', ')}}`,
    Parameters: names.map((name) => item[name] ?? { NULL: true }),
  };
};

/** Inserts up to 25 rows in one call, each by itself: a row that stands already does not hold up the others. */
export const insertBatch = async (
  client: DynamoDBClient,
  table: string,
  rows: readonly Row[],
): Promise<readonly Inserted[]> => {
  const { Responses = [] } = await client.send(
    new BatchExecuteStatementCommand({ Statements: rows.map((row) => statement(table, row)) }),
  );
  return rows.map((_, index): Inserted => {
    const error = Responses[index]?.Error;
    if (error === undefined) return { kind: 'new' };
    if (error.Code === 'DuplicateItem' || error.Code === 'ConditionalCheckFailed') return { kind: 'stands' };
    return { kind: 'failed', error: new Error(`${error.Code ?? 'unknown'}: ${error.Message ?? ''}`) };
  });
};

interface Waiting {
  readonly row: Row;
  readonly resolve: (standing: Row | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: rows that come while a call is under way, or within the same turn of the event loop, go out together.
 * Nothing waits on a timer, so a lone row is written at once, and ten that end side by side cost one or two calls.
 */
export const makeInsertNew = (client: DynamoDBClient, table: string): InsertNew => {
  let waiting: Waiting[] = [];
  let running = false;

  const settle = async (one: Waiting, outcome: Inserted) => {
    switch (outcome.kind) {
      case 'new':
        { one.resolve(undefined); return; }
      case 'stands': {
        const key = { pk: String(one.row['pk']), sk: String(one.row['sk']) };
        one.resolve(await getRow(client, { table, key })); return;
      }
      case 'failed':
        { one.reject(outcome.error); return; }
    }
  };

  const flush = async (batch: readonly Waiting[]) => {
    try {
      const outcomes = await insertBatch(
        client,
        table,
        batch.map(({ row }) => row),
      );
      await Promise.all(
        batch.map((one, index) =>
          settle(one, outcomes[index] ?? { kind: 'failed', error: new Error('no answer') }),
        ),
      );
    } catch (error) {
      for (const one of batch) one.reject(error);
    }
  };

  const run = async () => {
    running = true;
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      await flush(batch);
    }
    running = false;
  };

  return (row) =>
    new Promise((resolve, reject) => {
      waiting.push({ row, resolve, reject });
      if (!running) void run();
    });
};
