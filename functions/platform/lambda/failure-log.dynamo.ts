import { isWritten } from '../dynamodb/errors.ts';
import * as z from 'zod';
import { batchGet } from '../dynamodb/batch-get.ts';
import { FAILURE_LOG_SECONDS } from '../limits/retention.domain.ts';
import { controlKeys } from '../dynamodb/keys.ts';
import { UpdateCommand } from '../dynamodb/commands.ts';
import type { DynamoClient } from '../aws/command.ts';

/** Messages of errors may quote whole items. */
const LONGEST_MESSAGE = 2_000;
const VERSION = 1;

/** A record that failed, as the worker knows it. `at`: ms since 1970. */
export interface FailedReceive {
  /** The queue's name, the last part of its ARN and of its URL. */
  readonly queue: string;
  readonly record: string;
  readonly errorClass: string;
  readonly message: string;
  readonly receives: number;
  readonly requestId: string;
  readonly at: number;
}

/** The failure of a record's last receive. `firstAt` is the instant of its first recorded failure. */
export interface RecordedFailure extends Omit<FailedReceive, 'at'> {
  readonly firstAt: number;
  readonly lastAt: number;
}

/** A worker that starts on a record, which SQS had delivered before. `at`: ms since 1970. */
export type StartedReceive = Pick<FailedReceive, 'queue' | 'record' | 'at'>;

export interface FailureLog {
  recordFailure(failed: FailedReceive): Promise<void>;
  /** Counts a start; returns how many have been counted for this record. */
  countStart(started: StartedReceive): Promise<number>;
  /** Failures by record. Records without an entry ended with a crash or a timeout. */
  read(queue: string, records: readonly string[]): Promise<ReadonlyMap<string, RecordedFailure>>;
}

const row = z
  .object({
    v: z.literal(VERSION),
    q: z.string(),
    r: z.string(),
    c: z.string(),
    msg: z.string(),
    n: z.number(),
    req: z.string(),
    first: z.number(),
    last: z.number(),
  })
  .transform(({ q, r, c, msg, n, req, first, last }): RecordedFailure => ({
    queue: q,
    record: r,
    errorClass: c,
    message: msg,
    receives: n,
    requestId: req,
    firstAt: first,
    lastAt: last,
  }));

const startsRow = z.object({ v: z.literal(VERSION), n: z.number() });

const ttlOf = (at: number) => Math.ceil(at / 1000) + FAILURE_LOG_SECONDS;

const NAMES = ['v', 'q', 'r', 'c', 'msg', 'n', 'req', 'first', 'last', 'ttl'];

const updateOf = (table: string, failed: FailedReceive) =>
  new UpdateCommand({
    TableName: table,
    Key: controlKeys.lastError(failed.queue, failed.record),
    UpdateExpression: `SET ${NAMES.map((name) =>
      name === 'first' ? '#first = if_not_exists(#first, :first)' : `#${name} = :${name}`,
    ).join(', ')}`,
    // An invocation that fails late does not overwrite the failure of a later receive.
    ConditionExpression: 'attribute_not_exists(#n) OR #n <= :n',
    ExpressionAttributeNames: Object.fromEntries(NAMES.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ':v': VERSION,
      ':q': failed.queue,
      ':r': failed.record,
      ':c': failed.errorClass,
      ':msg': failed.message.slice(0, LONGEST_MESSAGE),
      ':n': failed.receives,
      ':req': failed.requestId,
      ':first': failed.at,
      ':last': failed.at,
      ':ttl': ttlOf(failed.at),
    },
  });

/** Stores why records failed, because SQS moves a record to the dead-letter queue without the reason. */
export const makeFailureLog = (client: DynamoClient, table: string): FailureLog => ({
  async recordFailure(failed) {
    await isWritten(client.send(updateOf(table, failed)));
  },

  async countStart({ queue, record, at }) {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: table,
        Key: controlKeys.starts(queue, record),
        UpdateExpression: 'SET #v = :v, #ttl = :ttl ADD #n :one',
        ExpressionAttributeNames: { '#v': 'v', '#ttl': 'ttl', '#n': 'n' },
        ExpressionAttributeValues: { ':v': VERSION, ':ttl': ttlOf(at), ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return startsRow.parse(Attributes).n;
  },

  async read(queue, records) {
    const places = records.map((record) => ({ table, key: controlKeys.lastError(queue, record) }));
    const found = await batchGet(client, places);
    const errors = places
      .map(found)
      .filter((one) => one !== undefined)
      .map((one) => row.parse(one));
    return new Map(errors.map((error) => [error.record, error]));
  },
});
