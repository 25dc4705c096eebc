import { describe, expect, it } from 'vitest';
import { makeMeasureRate } from '../../../functions/fan-out/message-rate.dynamo.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { messageKeys, SHARDS, shardOf } from '../../../functions/platform/dynamodb/keys.ts';
import type { MessageId } from '../../../functions/platform/ids/brand.domain.ts';
import { BULK_RULES } from '../../../functions/platform/limits/delivery.domain.ts';
import { APP, delivery, NOON, ORG, seededIds } from '../../support/simulation/builders.ts';

interface Query {
  readonly ExpressionAttributeValues: {
    readonly ':pk': string;
    readonly ':low': string;
    readonly ':high': string;
  };
  readonly ConsistentRead: boolean;
  readonly ScanIndexForward: boolean;
  readonly Limit: number;
}

/** A table that holds these messages and answers one Query as DynamoDB does. */
const tableOf = (ids: readonly MessageId[]) => {
  const queries: Query[] = [];
  const client = {
    send: async ({ input }: { readonly input: object }) => {
      const query = input as Query;
      queries.push(query);
      const { ':pk': pk, ':low': low, ':high': high } = query.ExpressionAttributeValues;
      const rows = ids
        .map((id) => messageKeys.message(ORG, APP, id))
        .filter((key) => key.pk === pk && key.sk >= low && key.sk <= high)
        .sort((left, right) => (left.sk < right.sk ? 1 : -1));
      return { Items: rows.slice(0, query.Limit) };
    },
  } as unknown as DynamoClient;
  return { client, queries };
};

/** Ids of messages at a rate until noon, in all shards. */
const published = (perSecond: number, count: number) => {
  const ids = seededIds();
  const ages = Array.from({ length: count }, (_, index) => (index * 1_000) / perSecond);
  return ages.toReversed().map((age) => ids.message(NOON - age));
};

const measure = async (ids: readonly MessageId[], of = ids.at(-1)!) => {
  const table = tableOf(ids);
  const rate = await makeMeasureRate(table.client, 'messages', () => NOON)(delivery({ messageId: of }));
  return { rate, queries: table.queries };
};

describe('the rate of messages of an application', () => {
  it('is measured by one read of at most sixteen new messages of one shard, with eventual consistency', async () => {
    const ids = published(400, 4_000);
    const { queries } = await measure(ids);
    expect(queries).toMatchObject([
      { ConsistentRead: false, ScanIndexForward: false, Limit: BULK_RULES.sample },
    ]);
    expect(queries[0]?.ExpressionAttributeValues[':pk']).toBe(
      messageKeys.shard(ORG, APP, shardOf(ids.at(-1)!)),
    );
  });

  it.each([50, 400])('is proven to be high for %i messages a second', async (perSecond) => {
    const { rate } = await measure(published(perSecond, 40 * SHARDS));
    expect(rate).toBeGreaterThan(BULK_RULES.perSecond);
    expect(rate).toBeLessThan(1.5 * perSecond);
  });

  it.each([0.1, 1, 4])('is not proven to be high for %f messages a second', async (perSecond) => {
    const { rate } = await measure(published(perSecond, 40 * SHARDS));
    expect(rate).toBeLessThan(BULK_RULES.perSecond);
  });

  it('counts a message that is newer by the clock of the process that accepted it', async () => {
    const ids = seededIds();
    const newer = Array.from({ length: 10 * SHARDS }, () => ids.message(NOON + 500));
    expect((await measure(newer)).rate).toBeGreaterThan(BULK_RULES.perSecond);
  });
});
