import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { appId, endpointId, orgId } from '../../platform/ids/brand.domain.ts';
import type { HourlyStatistics, MarkDirtyHours } from './statistics.flow.ts';
import { HOUR_MS, hourOf } from './endpoint-hours.domain.ts';
import type { EndpointHour, DirtyHour, KeptHour } from './endpoint-hours.domain.ts';
import { makeCounter } from './counters.dynamo.ts';
import { shardOf, viewKeys } from '../../platform/dynamodb/keys.ts';
import type { Key } from '../../platform/dynamodb/keys.ts';
import { rowTtl } from '../../messages/message-row.ts';
import { readableRows } from '../../platform/dynamodb/readable-rows.ts';
import { queryAll } from '../../platform/dynamodb/table.ts';
import { settleAll } from '../../platform/settle.domain.ts';

const VERSION = 1;
/** Notes of one page, all counted side by side. */
const PAGE = 16;

const hourText = (hour: number): string => new Date(hour).toISOString().slice(0, 13);

const kept = z.object({
  v: z.literal(VERSION),
  h: z.number(),
  g: z.number().optional(),
  th: z.number().optional(),
  ns: z.number().optional(),
  nf: z.number().optional(),
  nc: z.number().optional(),
});

const note = z.object({
  v: z.literal(VERSION),
  o: z.string().transform(orgId),
  a: z.string().transform(appId),
  e: z.string().transform(endpointId),
  h: z.number(),
});

/** As long as the attempts that it counts. */
const ttlOf = (hour: number): number => rowTtl(hour + HOUR_MS);

const keptKey = (of: EndpointHour): Key => ({
  pk: viewKeys.endpointHours(of.orgId, of.appId, of.endpointId),
  sk: hourText(of.hour),
});

const noteKey = (of: EndpointHour): Key => ({
  pk: viewKeys.notedHours(shardOf(of.endpointId)),
  sk: `${hourText(of.hour)}#${viewKeys.endpointHours(of.orgId, of.appId, of.endpointId)}`,
});

const parseNote = (row: unknown): EndpointHour => {
  const { o, a, e, h } = note.parse(row);
  return { orgId: o, appId: a, endpointId: e, hour: h };
};

const parseKept = (row: unknown): KeptHour => {
  const { h: hour, g: revision = 0, th: through, ns = 0, nf = 0, nc = 0 } = kept.parse(row);
  const counted = through === undefined ? null : { through, succeeded: ns, failed: nf, canceled: nc };
  return { hour, revision, counted };
};

/** Both of what an hour's counts may not have changed in since they were read. */
const UNCHANGED =
  '(#g = :g OR (attribute_not_exists(#g) AND :g = :zero)) AND (th = :seen OR (attribute_not_exists(th) AND :seen = :zero))';

/** What is kept of hours, and which of them wait to be counted. */
export const makeHourlyStatistics = (client: DynamoDBDocumentClient, table: string): HourlyStatistics => ({
  count: makeCounter(client, table),

  async kept(of, span) {
    const rows = await queryAll(client, {
      table,
      pk: viewKeys.endpointHours(of.orgId, of.appId, of.endpointId),
      low: hourText(hourOf(span.from)),
      high: hourText(hourOf(span.to - 1)),
      forward: true,
      strong: true,
    });
    return readableRows(rows, parseKept); // the hour of an unreadable one is counted row by row
  },

  async noted(shard, after) {
    const pk = viewKeys.notedHours(shard);
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
        ExpressionAttributeValues: marshall({
          ':pk': pk,
          ...(after === undefined ? {} : { ':after': after }),
        }),
        ConsistentRead: true,
        Limit: PAGE,
      }),
    );
    const rows = Items.map((item) => unmarshall(item));
    const last: unknown = rows.at(-1)?.['sk'];
    return { hours: readableRows(rows, parseNote), next: typeof last === 'string' ? last : undefined };
  },

  async keep(of, seen, { through, succeeded, failed, canceled }) {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: marshall(keptKey(of)),
          UpdateExpression:
            'SET v = :v, #type = :type, h = :h, th = :th, ns = :ns, nf = :nf, nc = :nc, #ttl = :ttl',
          ConditionExpression: UNCHANGED,
          ExpressionAttributeNames: { '#type': 'type', '#ttl': 'ttl', '#g': 'g' },
          ExpressionAttributeValues: marshall({
            ...{ ':v': VERSION, ':type': 'hr', ':h': of.hour, ':ttl': ttlOf(of.hour) },
            ...{ ':th': through, ':ns': succeeded, ':nf': failed, ':nc': canceled },
            ...{ ':g': seen.revision, ':seen': seen.counted?.through ?? 0, ':zero': 0 },
          }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },

  async strike(of) {
    await client.send(new DeleteItemCommand({ TableName: table, Key: marshall(noteKey(of)) }));
  },
});

/** Writes notes; before one about a reopened hour, what was kept of it goes. */
export const makeMarkDirtyHours = (client: DynamoDBDocumentClient, table: string): MarkDirtyHours => {
  const reopen = async (of: DirtyHour): Promise<void> => {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall(keptKey(of)),
        UpdateExpression: 'SET v = :v, #type = :type, h = :h, #ttl = :ttl ADD #g :one REMOVE th, ns, nf, nc',
        ExpressionAttributeNames: { '#type': 'type', '#ttl': 'ttl', '#g': 'g' },
        ExpressionAttributeValues: marshall({
          ...{ ':v': VERSION, ':type': 'hr', ':h': of.hour, ':ttl': ttlOf(of.hour), ':one': 1 },
        }),
      }),
    );
  };

  return async (notes) => {
    await settleAll(
      notes.map(async (of) => {
        if (of.kind === 'reopened') await reopen(of);
        const { orgId: o, appId: a, endpointId: e, hour: h } = of;
        const row = { ...noteKey(of), v: VERSION, type: 'hn', o, a, e, h, ttl: ttlOf(h) };
        await client.send(new PutItemCommand({ TableName: table, Item: marshall(row) }));
      }),
    );
  };
};
