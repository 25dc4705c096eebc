import * as z from 'zod';
import { deliveryIdentity } from '../delivery.port.ts';
import type { DueStore, QueueMessage } from '../delivery.port.ts';
import type { DueItem, DuePage, SweepStore, UnreadableItem } from './sweep.flow.ts';
import { controlKeys, SHARDS, shardOf } from '../../platform/dynamodb/keys.ts';
import { LEAST_DUE_MINUTES } from '../../platform/limits/sweep.domain.ts';
import { MINUTE_MS } from '../../platform/limits/time.domain.ts';
import { batchWrite } from '../../platform/dynamodb/batch-write.ts';
import { removeRows } from '../../platform/dynamodb/remove-rows.ts';
import { keyInRow, queryPage } from '../../platform/dynamodb/table.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { PutCommand } from '../../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';
import { makeRetryPacks, packRow, unpackRow } from './retry-packs.ts';

/** Rows of one page, far below a megabyte. */
const PAGE = 200;
const VERSION = 1;

const dueRow = z.object({ v: z.literal(VERSION), at: z.number(), rec: z.string() });

/** The text format of queue messages, which queue/queue-message.ts defines. */
export interface QueueMessageText {
  format(queueMessage: QueueMessage): string;
  parse(text: string): QueueMessage;
}

const identityOf = (queueMessage: QueueMessage): string =>
  queueMessage.kind === 'delivery'
    ? deliveryIdentity(queueMessage.delivery)
    : `drain#${queueMessage.drainTimer.endpointId}`;

/** An instant as a part of a sort key. */
export const instant = (atMs: number) => String(Math.floor(atMs)).padStart(14, '0');

/** The bucket that an instant belongs to: its own minute, or the first that is not being swept yet. */
export const dueMinute = (atMs: number, nowMs: number): number =>
  Math.max(Math.floor(atMs / MINUTE_MS), Math.floor(nowMs / MINUTE_MS) + LEAST_DUE_MINUTES);

/** The identities of the deliveries in a due row. Throws if it has another form. */
export const identitiesInDueRow = (row: Row, text: Pick<QueueMessageText, 'parse'>): readonly string[] => {
  const { sk } = keyInRow.parse(row);
  return row['p'] === undefined
    ? [sk.slice(sk.indexOf('#') + 1)]
    : unpackRow(row).map(({ rec }) => identityOf(text.parse(rec)));
};

/**
 * Due buckets, one a minute, for what is due later than SQS can delay it. A row holds one queue message, or retries that
 * were put at once. Rows have no TTL: only the sweeper removes them.
 */
export const makeDue = (
  client: DynamoClient,
  table: string,
  text: QueueMessageText,
): DueStore & Pick<SweepStore, 'shards' | 'due' | 'remove' | 'putAlone'> => {
  const keyOf = (identity: string, atMs: number, nowMs: number) => ({
    pk: controlKeys.due(dueMinute(atMs, nowMs), shardOf(identity)),
    sk: `${instant(atMs)}#${identity}`,
  });
  const write = async (row: Row): Promise<void> => {
    await client.send(new PutCommand({ TableName: table, Item: row }));
  };
  const rowOf = (queueMessage: QueueMessage, atMs: number, nowMs: number): Row => ({
    ...keyOf(identityOf(queueMessage), atMs, nowMs),
    ...{ v: VERSION, at: atMs, rec: text.format(queueMessage) },
  });
  const put = (queueMessage: QueueMessage, atMs: number, nowMs: number) =>
    write(rowOf(queueMessage, atMs, nowMs));
  const putRetry = makeRetryPacks(async (retries) => {
    const [first, ...others] = retries;
    if (first === undefined) return;
    if (others.length === 0) return put({ kind: 'delivery', delivery: first.delivery }, first.at, first.now);
    // A key of its own: a row of the first delivery alone must not replace the pack, which holds others too.
    const { pk, sk } = keyOf(deliveryIdentity(first.delivery), first.at, first.now);
    const recs = retries.map(({ delivery, at }) => ({
      at,
      rec: text.format({ kind: 'delivery', delivery }),
    }));
    return write({ pk, sk: `${sk}#+${others.length}`, v: VERSION, ...packRow(recs) });
  });

  const parse = (row: Row): readonly (DueItem | UnreadableItem)[] => {
    const { pk, sk } = keyInRow.parse(row);
    const key = { pk, sk };
    try {
      const recs = row['p'] === undefined ? [dueRow.parse(row)] : unpackRow(row);
      return recs.map(({ at, rec }) => ({ key, at, queueMessage: text.parse(rec) }));
    } catch {
      return [{ key, text: JSON.stringify(row) }];
    }
  };

  return {
    put: (delivery, atMs, nowMs) => put({ kind: 'delivery', delivery }, atMs, nowMs),
    putRetry: (delivery, atMs, nowMs) => putRetry({ delivery, at: atMs, now: nowMs }),
    putDrainTimer: (drainTimer, atMs, nowMs) => put({ kind: 'drainTimer', drainTimer }, atMs, nowMs),
    shards: SHARDS,

    async due(minute, shard, after): Promise<DuePage> {
      const page = await queryPage(client, {
        table,
        pk: controlKeys.due(minute, shard),
        low: after ?? '0',
        high: ':', // sorts after every digit
        forward: true,
        strong: true,
        limit: PAGE,
      });
      const found = page.rows.flatMap(parse).filter(({ key }) => key.sk !== after);
      const items = found.filter((item) => 'queueMessage' in item);
      const unreadable = found.filter((item) => 'text' in item);
      const last = found.at(-1)?.key.sk;
      return { items, unreadable, ...(page.after === undefined || last === undefined ? {} : { next: last }) };
    },

    putAlone: (items, nowMs) =>
      batchWrite(
        client,
        table,
        items.map(({ queueMessage, at }) => ({ PutRequest: { Item: rowOf(queueMessage, at, nowMs) } })),
      ),

    remove: (items) =>
      removeRows(
        client,
        table,
        items.map(({ key }) => key),
      ),
  };
};
