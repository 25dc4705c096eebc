import * as z from 'zod';
import { COUNT_EVERY_MS, NOT_CROWDED } from './crowding.domain.ts';
import type { Crowding } from './crowding.domain.ts';
import type { CrowdingStore } from './old-requests.flow.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';
import { ALL_SHARDS, controlKeys, shardOf } from '../../platform/dynamodb/keys.ts';
import type { Place, Row } from '../../platform/dynamodb/table.ts';
import { updateRow } from '../../platform/dynamodb/update-row.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import { DAY_MS } from '../../platform/limits/time.domain.ts';

/** Every batch reads the mark, so it is stored several times: a partition is read 6,000 times a second at most. */
export const crowdingPlace = (table: string, readFor: string): Place => ({
  table,
  key: controlKeys.crowding(shardOf(readFor)),
});

const marks = z.object({ fast: z.number().optional(), bulk: z.number().optional() });

/** The crowding in a row. One that cannot be read says nothing and fails no delivery. */
export const crowdingOf = (read: () => Row | undefined): Crowding => {
  try {
    const { fast = 0, bulk = 0 } = marks.parse(read() ?? {});
    return { fast, bulk };
  } catch {
    return NOT_CROWDED;
  }
};

const counted = z.object({ n: z.number() });

const secondsAfter = (nowMs: number, ms: number) => Math.ceil((nowMs + ms) / 1_000);
/** Windows are forgotten soon after their end, marks once they are long over. */
const KEEP_WINDOW_MS = 60 * COUNT_EVERY_MS;
const KEEP_MARK_MS = DAY_MS;

export const makeCrowdingStore = (client: DynamoClient, table: string): CrowdingStore => ({
  async count(lane, window, batches, nowMs) {
    const { row } = await updateRow(
      client,
      { table, key: controlKeys.oldRequests(lane, window) },
      {
        expression: 'SET #ttl = :ttl ADD n :n',
        names: { '#ttl': 'ttl' },
        values: { ':ttl': secondsAfter(nowMs, KEEP_WINDOW_MS), ':n': batches },
      },
    );
    return counted.parse(row).n;
  },

  async markCrowded(lane, until, nowMs) {
    await settleAll(
      ALL_SHARDS.map((shard) =>
        updateRow(
          client,
          { table, key: controlKeys.crowding(shard) },
          {
            expression: 'SET #ttl = :ttl, #lane = :until',
            names: { '#ttl': 'ttl', '#lane': lane },
            values: { ':ttl': secondsAfter(nowMs, KEEP_MARK_MS), ':until': until },
          },
        ),
      ),
    );
  },
});
