import { isWritten } from '../../platform/dynamodb/errors.ts';
import * as z from 'zod';
import { appId, endpointId, orgId } from '../../platform/ids/brand.domain.ts';
import type { HourlyStatistics, MarkDirtyHours } from './statistics.flow.ts';
import { HOUR_MS } from '../../platform/limits/time.domain.ts';
import { hourOf } from './endpoint-hours.domain.ts';
import type { EndpointHour, DirtyHour, StoredHour } from './endpoint-hours.domain.ts';
import { makeCounter } from './counters.dynamo.ts';
import { shardOf, viewKeys } from '../../platform/dynamodb/keys.ts';
import type { Key } from '../../platform/dynamodb/keys.ts';
import { rowTtl } from '../../messages/message-row.ts';
import { readableRows } from '../../platform/dynamodb/readable-rows.ts';
import { queryAll } from '../../platform/dynamodb/table.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '../../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

const VERSION = 1;
/** Dirty hours of one page, counted in parallel. */
const PAGE = 16;

const hourText = (hour: number): string => new Date(hour).toISOString().slice(0, 13);

const storedRow = z.object({
  v: z.literal(VERSION),
  h: z.number(),
  g: z.number().optional(),
  th: z.number().optional(),
  ns: z.number().optional(),
  nf: z.number().optional(),
  nc: z.number().optional(),
  nk: z.record(z.string(), z.number()).optional(),
});

const dirtyRow = z.object({
  v: z.literal(VERSION),
  o: z.string().transform(orgId),
  a: z.string().transform(appId),
  e: z.string().transform(endpointId),
  h: z.number(),
});

/** A row expires with the attempts that it counts. */
const ttlOf = (hour: number): number => rowTtl(hour + HOUR_MS);

const storedKey = (of: EndpointHour): Key => ({
  pk: viewKeys.endpointHours(of.orgId, of.appId, of.endpointId),
  sk: hourText(of.hour),
});

const dirtyKey = (of: EndpointHour): Key => ({
  pk: viewKeys.dirtyHours(shardOf(of.endpointId)),
  sk: `${hourText(of.hour)}#${viewKeys.endpointHours(of.orgId, of.appId, of.endpointId)}`,
});

const parseDirty = (row: unknown): EndpointHour => {
  const { o, a, e, h } = dirtyRow.parse(row);
  return { orgId: o, appId: a, endpointId: e, hour: h };
};

const parseStored = (row: unknown): StoredHour => {
  const { h: hour, g: revision = 0, th: through, ns = 0, nf = 0, nc = 0, nk = {} } = storedRow.parse(row);
  const counted =
    through === undefined ? null : { through, succeeded: ns, failed: nf, canceled: nc, causes: nk };
  return { hour, revision, counted };
};

/** Holds if neither revision nor counts changed since the hour was read. */
const UNCHANGED =
  '(#g = :g OR (attribute_not_exists(#g) AND :g = :zero)) AND (th = :seen OR (attribute_not_exists(th) AND :seen = :zero))';

/** Stores counted and dirty hours in the Views table. */
export const makeHourlyStatistics = (client: DynamoClient, table: string): HourlyStatistics => ({
  ...makeCounter(client, table),

  async storedHours(of, span) {
    const rows = await queryAll(client, {
      table,
      pk: viewKeys.endpointHours(of.orgId, of.appId, of.endpointId),
      low: hourText(hourOf(span.from)),
      high: hourText(hourOf(span.to - 1)),
      forward: true,
      strong: true,
    });
    return readableRows(rows, parseStored); // the hour of an unreadable row is counted on demand
  },

  async dirtyHours(shard, after) {
    const pk = viewKeys.dirtyHours(shard);
    const { Items: rows = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
        ExpressionAttributeValues: {
          ':pk': pk,
          ...(after === undefined ? {} : { ':after': after }),
        },
        ConsistentRead: true,
        Limit: PAGE,
      }),
    );
    const last: unknown = rows.at(-1)?.['sk'];
    return { hours: readableRows(rows, parseDirty), next: typeof last === 'string' ? last : undefined };
  },

  store: (of, seen, { through, succeeded, failed, canceled, causes }) =>
    isWritten(
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: storedKey(of),
          UpdateExpression:
            'SET v = :v, #type = :type, h = :h, th = :th, ns = :ns, nf = :nf, nc = :nc, nk = :nk, #ttl = :ttl',
          ConditionExpression: UNCHANGED,
          ExpressionAttributeNames: { '#type': 'type', '#ttl': 'ttl', '#g': 'g' },
          ExpressionAttributeValues: {
            ...{ ':v': VERSION, ':type': 'hr', ':h': of.hour, ':ttl': ttlOf(of.hour) },
            ...{ ':th': through, ':ns': succeeded, ':nf': failed, ':nc': canceled, ':nk': causes },
            ...{ ':g': seen.revision, ':seen': seen.counted?.through ?? 0, ':zero': 0 },
          },
        }),
      ),
    ),

  async clear(of) {
    await client.send(new DeleteCommand({ TableName: table, Key: dirtyKey(of) }));
  },
});

/** Marks hours as dirty. For a reopened hour the stored counts are removed first. */
export const makeMarkDirtyHours = (client: DynamoClient, table: string): MarkDirtyHours => {
  const reopen = async (of: DirtyHour): Promise<void> => {
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: storedKey(of),
        UpdateExpression:
          'SET v = :v, #type = :type, h = :h, #ttl = :ttl ADD #g :one REMOVE th, ns, nf, nc, nk',
        ExpressionAttributeNames: { '#type': 'type', '#ttl': 'ttl', '#g': 'g' },
        ExpressionAttributeValues: {
          ...{ ':v': VERSION, ':type': 'hr', ':h': of.hour, ':ttl': ttlOf(of.hour), ':one': 1 },
        },
      }),
    );
  };

  return async (hours) => {
    await settleAll(
      hours.map(async (of) => {
        if (of.kind === 'reopened') await reopen(of);
        const { orgId: o, appId: a, endpointId: e, hour: h } = of;
        const row = { ...dirtyKey(of), v: VERSION, type: 'hn', o, a, e, h, ttl: ttlOf(h) };
        await client.send(new PutCommand({ TableName: table, Item: row }));
      }),
    );
  };
};
