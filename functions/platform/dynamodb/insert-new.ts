import type { BatchStatementError, BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { TRIES, TableBusy, address, getRow, isInvalid, pauseBefore, realPause } from './table.ts';
import type { Pause, Row } from './table.ts';
import { makeGroupCommit } from '../concurrency/group-commit.ts';
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
  { readonly kind: 'new' } | { readonly kind: 'exists' } | { readonly kind: 'failed'; readonly error: Error };

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
  if (TRANSIENT.has(Code)) return { kind: 'failed', error: new TableBusy(`${Code}: ${Message}`) };
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

/** A row to insert. */
interface Insert {
  readonly row: Row;
  readonly statement: BatchStatementRequest;
  /** Its place, as one text. */
  readonly address: string;
}

/** Calls in turn. Rows with equal keys are in separate calls: a call may write an item only once. */
const callsOf = (inserts: readonly Insert[]): readonly (readonly Insert[])[] => {
  const calls: Map<string, Insert>[] = [];
  for (const one of inserts) {
    const free = calls.find((call) => call.size < BATCH && !call.has(one.address));
    if (free === undefined) calls.push(new Map([[one.address, one]]));
    else free.set(one.address, one);
  }
  return calls.map((call) => [...call.values()]);
};

/** The outcome of each row. A call that one row makes invalid writes nothing: it is bisected, until that row fails alone. */
const insertCall = async (
  client: DynamoClient,
  inserts: readonly Insert[],
): Promise<readonly PromiseSettledResult<Inserted>[]> => {
  const [outcomes] = await Promise.allSettled([
    insertBatch(
      client,
      inserts.map(({ statement }) => statement),
    ),
  ]);
  if (outcomes.status === 'fulfilled') return outcomes.value.map((value) => ({ status: 'fulfilled', value }));
  if (inserts.length === 1 || !isInvalid(outcomes.reason)) return inserts.map(() => outcomes);
  const middle = Math.ceil(inserts.length / 2);
  return [
    ...(await insertCall(client, inserts.slice(0, middle))),
    ...(await insertCall(client, inserts.slice(middle))),
  ];
};

/**
 * Rows that arrive in one pass of the event loop, or while a call is in flight, share the next call: ten concurrent rows
 * cost one or two. Throttled rows are repeated with backoff; if throttling lasts, the insert throws TableBusy.
 */
export const makeInsertNew = (client: DynamoClient, table: string, pause: Pause = realPause): InsertNew => {
  const commit = makeGroupCommit<Insert, Inserted>(async (inserts) => {
    const outcomes = new Map<Insert, PromiseSettledResult<Inserted>>();
    for (const call of callsOf(inserts))
      for (const [index, outcome] of (await insertCall(client, call)).entries()) {
        const insert = call[index];
        if (insert !== undefined) outcomes.set(insert, outcome);
      }
    return inserts.flatMap((insert) => outcomes.get(insert) ?? []);
  });

  const insertOnce = async (insert: Insert): Promise<Row | undefined> => {
    const outcome = await commit(insert);
    if (outcome.kind === 'new') return undefined;
    if (outcome.kind !== 'exists') throw outcome.error;
    const { row } = insert;
    const existing = await getRow(client, { table, key: { pk: String(row['pk']), sk: String(row['sk']) } });
    if (existing === undefined) throw new TableBusy('the existing row was deleted before it was read');
    return existing;
  };

  return async (row) => {
    // Builds the statement here, so that a row that cannot be marshalled fails alone.
    const insert = {
      row,
      statement: statement(table, row),
      address: address(table, row['pk'], row['sk']),
    };
    for (let tries = 0; ; tries += 1)
      try {
        return await insertOnce(insert);
      } catch (error) {
        if (!(error instanceof TableBusy) || tries === TRIES) throw error;
        await pauseBefore(tries, pause);
      }
  };
};
