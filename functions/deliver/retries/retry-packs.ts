import * as z from 'zod';
import type { Delivery } from '../delivery.port.ts';
import { binary } from '../../messages/message-row.ts';
import { makeGroupCommit } from '../../platform/concurrency/group-commit.ts';
import { pack, unpack } from '../../platform/codec/codec.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { LONGEST_QUEUE_DELAY_SECONDS } from '../../platform/limits/queues.domain.ts';
import { SWEPT_AHEAD_MINUTES } from '../../platform/limits/sweep.domain.ts';
import { MINUTE_MS } from '../../platform/limits/time.domain.ts';

/**
 * Deliveries that failed together wait together: a row for each costs a write unit to put and one to remove, a row for ten
 * costs the same (docs/decisions/0101).
 */

export interface Retry {
  readonly delivery: Delivery;
  readonly at: number;
  readonly now: number;
}

/** The most retries of a row: one call sends them to the queue. */
export const PACK_RETRIES = 10;

const NOT_PACKED: PromiseSettledResult<void> = {
  status: 'rejected',
  reason: new Error('a retry is in no row'),
};

/** Whether both may be in one row, `first` being due first: SQS delays the other from the minute in which the row is swept. */
export const mayShareRow = (first: number, other: number): boolean => {
  const sweptFrom = (Math.floor(first / MINUTE_MS) - SWEPT_AHEAD_MINUTES) * MINUTE_MS;
  return other >= first && other - sweptFrom <= LONGEST_QUEUE_DELAY_SECONDS * 1_000;
};

/** Divides retries, by time, into as few rows as their times allow. */
export const packsOf = <One extends Pick<Retry, 'at'>>(
  retries: readonly One[],
): readonly (readonly One[])[] => {
  const packs: One[][] = [];
  for (const one of retries.toSorted((left, right) => left.at - right.at)) {
    const open = packs.at(-1);
    const [first] = open ?? [];
    if (
      open !== undefined &&
      first !== undefined &&
      open.length < PACK_RETRIES &&
      mayShareRow(first.at, one.at)
    )
      open.push(one);
    else packs.push([one]);
  }
  return packs;
};

/** Puts retries: those that come together share rows. Resolves for each once its row is written. */
export const makeRetryPacks = (write: (retries: readonly Retry[]) => Promise<void>) =>
  makeGroupCommit<Retry>(async (retries) => {
    const packs = packsOf(retries);
    const outcomes = await Promise.allSettled(packs.map(write));
    return retries.map((retry) => outcomes[packs.findIndex((some) => some.includes(retry))] ?? NOT_PACKED);
  });

interface Rec {
  readonly at: number;
  readonly rec: string;
}

const recs = z.array(z.tuple([z.number(), z.string()])).min(1);
const row = z.object({ p: binary });

/** Several queue messages, each with its instant, as attributes of one row. */
export const packRow = (some: readonly Rec[]): Row => ({
  p: pack(Buffer.from(JSON.stringify(some.map(({ at, rec }) => [at, rec])))),
});

/** The queue messages of such a row. Throws if it has another form. */
export const unpackRow = (item: Row): readonly Rec[] => {
  const text = Buffer.from(unpack(row.parse(item).p)).toString();
  return recs.parse(JSON.parse(text)).map(([at, rec]) => ({ at, rec }));
};
