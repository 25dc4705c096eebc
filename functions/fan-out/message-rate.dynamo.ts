import type { MeasureRate } from '../deliver/lanes/route-by-volume.flow.ts';
import { surelyPerSecond } from '../deliver/lanes/volume.domain.ts';
import type { DynamoClient } from '../platform/aws/command.ts';
import { messageKeys, SHARDS, shardOf } from '../platform/dynamodb/keys.ts';
import { queryPage } from '../platform/dynamodb/table.ts';
import { idTime, lowerBound, upperBound } from '../platform/ids/ids.domain.ts';
import { BULK_RULES } from '../platform/limits/delivery.domain.ts';
import { MINUTE_MS } from '../platform/limits/time.domain.ts';

/**
 * Measures an application's messages a second by the newest messages in one of its shards: one read with eventual
 * consistency of at most `sample` rows, those that are new enough to matter.
 */
export const makeMeasureRate =
  (client: DynamoClient, table: string, now: () => number): MeasureRate =>
  async ({ orgId, appId, messageId }) => {
    const nowMs = now();
    const { rows } = await queryPage(client, {
      table,
      pk: messageKeys.shard(orgId, appId, shardOf(messageId)),
      low: lowerBound('msg_', nowMs - BULK_RULES.sampleMs),
      // Clocks differ: a message may be newer than this process's now.
      high: upperBound('msg_', nowMs + MINUTE_MS),
      ...{ forward: false, strong: false, limit: BULK_RULES.sample },
    });
    const ages = rows.flatMap(({ sk }) => {
      const at = typeof sk === 'string' ? idTime(sk) : undefined;
      return at === undefined ? [] : [nowMs - at];
    });
    return surelyPerSecond(ages, SHARDS);
  };
