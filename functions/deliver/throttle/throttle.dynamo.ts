import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { latestStart, reserve, stride } from '../../platform/rate-limiter/rate-limiter.domain.ts';
import type { Reservation } from '../../platform/rate-limiter/rate-limiter.domain.ts';
import type { Line, ThrottleStore } from './reservations.flow.ts';
import { makeCache } from '../../catalog/snapshots/cache.ts';
import type { ReservePublishes } from '../../publish/publish-limits/publish-limits.flow.ts';
import { controlKeys } from '../../platform/dynamodb/keys.ts';
import type { Key } from '../../platform/dynamodb/keys.ts';
import { TableBusy } from '../../platform/dynamodb/table.ts';
import type { Place, Row } from '../../platform/dynamodb/table.ts';
import { updateRow } from '../../platform/dynamodb/update-row.ts';
import type { Update } from '../../platform/dynamodb/update-row.ts';

const VERSION = 1;
/** A line lies at most 15 minutes ahead; past a day nothing of it matters. */
const LIFE_SECONDS = 86_400;
/** Two writers of one line change places at most this often before something else is wrong. */
const ROUNDS = 20;
/** Lines remembered as a hint to which of the two writes will hold. */
const HINTS = 5_000;

const lineRow = z.object({ v: z.literal(VERSION), tat: z.number() });

/** Where slots are free at once, and where they are only behind others: DynamoDB knows no greatest of two. */
const fromNow = (asked: Reservation, ttl: number): Update => ({
  expression: 'SET #v = :v, #ttl = :ttl, tat = :next',
  condition: 'attribute_not_exists(tat) OR tat <= :from',
  names: { '#v': 'v', '#ttl': 'ttl' },
  values: { ':v': VERSION, ':ttl': ttl, ':next': asked.notBefore + stride(asked), ':from': asked.notBefore },
});
const behindOthers = (asked: Reservation, ttl: number): Update => ({
  expression: 'SET #ttl = :ttl, tat = tat + :stride',
  condition: 'tat > :from AND tat <= :latest',
  names: { '#ttl': 'ttl' },
  values: {
    ':ttl': ttl,
    ':stride': stride(asked),
    ':from': asked.notBefore,
    ':latest': latestStart(asked),
  },
});

const lineOf = (row: Row | undefined): number | undefined =>
  row === undefined ? undefined : lineRow.parse(row).tat;

/** Lines of slots in the Control table: one write reserves all that is asked for. */
const makeLines = (client: DynamoDBDocumentClient, table: string) => {
  const hints = makeCache<number>(HINTS);

  return async (key: Key, asked: Reservation): Promise<number | undefined> => {
    const place: Place = { table, key };
    const ttl = Math.floor(asked.nowMs / 1000) + LIFE_SECONDS;
    let known = hints.get(key.pk);
    for (let round = 0; round < ROUNDS; round += 1) {
      const busy = known !== undefined && known > asked.notBefore;
      // What is remembered may be old; only the table says that a line is full.
      if (round > 0 && reserve(known, asked) === undefined) return undefined;
      const update = busy ? behindOthers(asked, ttl) : fromNow(asked, ttl);
      const { written, row } = await updateRow(client, place, update);
      known = lineOf(row);
      if (known === undefined) hints.delete(key.pk);
      else hints.set(key.pk, known);
      if (written && known !== undefined) return known - stride(asked);
    }
    throw new TableBusy(`a line of slots changed ${ROUNDS} times`);
  };
};

/** Slots of endpoints and applications. */
export const makeThrottleStore = (client: DynamoDBDocumentClient, table: string): ThrottleStore => {
  const lines = makeLines(client, table);
  return {
    reserve: ({ orgId, appId, endpointId }: Line, asked) =>
      lines(controlKeys.throttle(orgId, appId, endpointId), asked),
  };
};

/** Places among the publishes of an application or organization. */
export const makeReservePublishes = (client: DynamoDBDocumentClient, table: string): ReservePublishes => {
  const lines = makeLines(client, table);
  return async ({ orgId, appId }, asked) => {
    try {
      return await lines(controlKeys.publishRateLimit(orgId, appId), asked);
    } catch (error) {
      if (error instanceof TableBusy) return undefined; // so many want a place that there is none
      throw error;
    }
  };
};
