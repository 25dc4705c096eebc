import * as z from 'zod';
import { batchGet } from '../dynamodb/batch-get.ts';
import { FAILURE_LOG_SECONDS } from '../limits/retention.domain.ts';
import { controlKeys } from '../dynamodb/keys.ts';
import { settingAll, updateRow } from '../dynamodb/update-row.ts';
import type { Update } from '../dynamodb/update-row.ts';
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

const changeOf = ({ queue, record, errorClass, message, receives, requestId, at }: FailedReceive): Update => {
  const msg = message.slice(0, LONGEST_MESSAGE);
  const common = { v: VERSION, ttl: ttlOf(at), q: queue, r: record, req: requestId };
  const set = settingAll({ ...common, c: errorClass, msg, n: receives, last: at });
  return {
    expression: `${set.expression}, #first = if_not_exists(#first, :last)`,
    // An invocation that fails late does not overwrite the failure of a later receive.
    condition: 'attribute_not_exists(#n) OR #n <= :n',
    names: { ...set.names, '#first': 'first' },
    values: set.values,
  };
};

/** Stores why records failed, because SQS moves a record to the dead-letter queue without the reason. */
export const makeFailureLog = (client: DynamoClient, table: string): FailureLog => ({
  async recordFailure(failed) {
    const key = controlKeys.lastError(failed.queue, failed.record);
    await updateRow(client, { table, key }, changeOf(failed));
  },

  async countStart({ queue, record, at }) {
    const { expression, names, values } = settingAll({ v: VERSION, ttl: ttlOf(at) });
    const { row: counted } = await updateRow(
      client,
      { table, key: controlKeys.starts(queue, record) },
      { expression: `${expression} ADD n :one`, names, values: { ...values, ':one': 1 } },
    );
    return startsRow.parse(counted).n;
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
