import { LRUCache } from 'lru-cache';
import * as z from 'zod';
import { latestStart, reserve, stride } from '../../platform/rate-limiter/rate-limiter.domain.ts';
import type { Reservation } from '../../platform/rate-limiter/rate-limiter.domain.ts';
import type { Throttle, ThrottleStore } from './reservations.flow.ts';
import type { ReserveTest } from '../test-attempt.flow.ts';
import type { ReservePublishes } from '../../publish/publish-limits/publish-limits.flow.ts';
import { controlKeys } from '../../platform/dynamodb/keys.ts';
import type { Key } from '../../platform/dynamodb/keys.ts';
import { TableBusy } from '../../platform/dynamodb/table.ts';
import type { Place, Row } from '../../platform/dynamodb/table.ts';
import { updateRow } from '../../platform/dynamodb/update-row.ts';
import type { Update } from '../../platform/dynamodb/update-row.ts';
import { DAY_SECONDS, wholeSeconds } from '../../platform/limits/time.domain.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

const VERSION = 1;
/** Slots are at most 15 minutes ahead, so an item of yesterday says nothing. */
const LIFE_SECONDS = DAY_SECONDS;
/** Attempts of one reservation that loses against other writers before it gives up. */
const ROUNDS = 20;
/** Items cached as a hint which of the two writes will meet its condition. */
const HINTS = 5_000;

const limiterRow = z.object({ v: z.literal(VERSION), tat: z.number() });

/** Two updates, for slots that are free now and for slots after those of others: DynamoDB has no maximum of two. */
const fromNow = (asked: Reservation, ttl: number): Update => ({
  expression: 'SET #v = :v, #ttl = :ttl, tat = :next',
  condition: 'attribute_not_exists(tat) OR tat <= :from',
  names: { '#v': 'v', '#ttl': 'ttl' },
  values: { ':v': VERSION, ':ttl': ttl, ':next': asked.notBefore + stride(asked), ':from': asked.notBefore },
});
const afterOthers = (asked: Reservation, ttl: number): Update => ({
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

const nextSlotOf = (row: Row | undefined): number | undefined =>
  row === undefined ? undefined : limiterRow.parse(row).tat;

/** Rate limiters in the Control table: one write reserves all slots of a request. */
const makeRateLimiters = (client: DynamoClient, table: string) => {
  const hints = new LRUCache<string, number>({ max: HINTS });

  return async (key: Key, asked: Reservation): Promise<number | undefined> => {
    const place: Place = { table, key };
    const ttl = wholeSeconds(asked.nowMs) + LIFE_SECONDS;
    let known = hints.get(key.pk);
    for (let round = 0; round < ROUNDS; round += 1) {
      const busy = known !== undefined && known > asked.notBefore;
      // The cached value may be stale, so only a value of the table means that no slot is in reach.
      if (round > 0 && reserve(known, asked) === undefined) return undefined;
      const update = busy ? afterOthers(asked, ttl) : fromNow(asked, ttl);
      const { written, row } = await updateRow(client, place, update);
      known = nextSlotOf(row);
      if (known === undefined) hints.delete(key.pk);
      else hints.set(key.pk, known);
      if (written && known !== undefined) return known - stride(asked);
    }
    throw new TableBusy(`a rate limiter changed ${ROUNDS} times`);
  };
};

/** Throttles of endpoints and applications. */
export const makeThrottleStore = (client: DynamoClient, table: string): ThrottleStore => {
  const limiters = makeRateLimiters(client, table);
  return {
    reserve: ({ orgId, appId, endpointId }: Throttle, asked) =>
      limiters(controlKeys.throttle(orgId, appId, endpointId), asked),
  };
};

/** Test attempts a second of one application, and how many may be made at once. */
const TESTS = { rate: 1, burst: 5 };

/** The rate limit of test attempts. */
export const makeReserveTests = (client: DynamoClient, table: string): ReserveTest => {
  const limiters = makeRateLimiters(client, table);
  const horizonMs = (TESTS.burst - 1) * 1_000;
  return async (orgId, appId, nowMs) => {
    const asked = { rate: TESTS.rate, count: 1, notBefore: nowMs, nowMs, horizonMs };
    try {
      return (await limiters(controlKeys.testAttempts(orgId, appId), asked)) !== undefined;
    } catch (error) {
      if (error instanceof TableBusy) return false;
      throw error;
    }
  };
};

/** Publish rate limits of an application or organization. */
export const makeReservePublishes = (client: DynamoClient, table: string): ReservePublishes => {
  const limiters = makeRateLimiters(client, table);
  return async ({ orgId, appId }, asked) => {
    try {
      return await limiters(controlKeys.publishRateLimit(orgId, appId), asked);
    } catch (error) {
      if (error instanceof TableBusy) return undefined; // contended beyond reason: treat as limited
      throw error;
    }
  };
};
