import * as z from 'zod';
import { deliveryIdentity } from '../delivery.port.ts';
import type { Delivery, EndpointKey } from '../delivery.port.ts';
import type { ParkedDelivery, ParkingStore } from './parking.flow.ts';
import { instant } from '../retries/due-items.dynamo.ts';
import { ALL_SHARDS, controlKeys, SHARDS, shardOf } from '../../platform/dynamodb/keys.ts';
import { removeRows } from '../../platform/dynamodb/remove-rows.ts';
import { keyInRow, queryPage } from '../../platform/dynamodb/table.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import { PutCommand } from '../../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

const VERSION = 1;

const parkedRow = keyInRow.extend({ v: z.literal(VERSION), dl: z.number(), rec: z.string() });

/** The text format of deliveries, which queue/queue-message.ts defines. */
export interface DeliveryText {
  format(delivery: Delivery): string;
  parse(text: string): Delivery;
}

/** Sends the texts of unreadable rows to where an operator finds them; throws if that fails. */
export type SetAside = (texts: readonly string[]) => Promise<void>;

/** Parked deliveries by endpoint, shard and deadline. Items have no TTL: only a release removes them. */
export const makeParkingStore = (
  client: DynamoClient,
  table: string,
  text: DeliveryText,
  setAside: SetAside,
): ParkingStore => {
  /** Undefined if this version of the code cannot parse the row. */
  const parse = (row: Row): ParkedDelivery | undefined => {
    try {
      const { pk, sk, dl, rec } = parkedRow.parse(row);
      return { key: { pk, sk }, deadline: dl, delivery: text.parse(rec) };
    } catch {
      return undefined;
    }
  };

  const ofShard = async (
    { orgId, appId, endpointId }: EndpointKey,
    shard: number,
    limit: number,
    until?: number,
  ): Promise<readonly ParkedDelivery[]> => {
    const page = await queryPage(client, {
      table,
      pk: controlKeys.parked(orgId, appId, endpointId, shard),
      low: '0',
      high: until === undefined ? ':' : `${instant(until)}$`, // ':' sorts after every digit, '$' after '#'
      forward: true,
      strong: true,
      limit,
    });
    const unreadable = page.rows.filter((row) => parse(row) === undefined);
    if (unreadable.length === 0) return page.rows.map(parse).filter((parked) => parked !== undefined);
    // Unreadable rows must not block those after them, so the shard is read again without them.
    await setAside(unreadable.map((row) => JSON.stringify(row)));
    await removeRows(
      client,
      table,
      unreadable.map((row) => keyInRow.parse(row)),
    );
    return ofShard({ orgId, appId, endpointId }, shard, limit, until);
  };

  return {
    async put(delivery, deadline) {
      const { orgId, appId, endpointId } = delivery;
      const identity = deliveryIdentity(delivery);
      const row: Row = {
        pk: controlKeys.parked(orgId, appId, endpointId, shardOf(identity)),
        sk: `${instant(deadline)}#${identity}#${delivery.released ?? 0}`,
        ...{ v: VERSION, type: 'parked', dl: deadline, rec: text.format(delivery) },
      };
      await client.send(new PutCommand({ TableName: table, Item: row }));
    },

    async nearest(endpoint, count, until) {
      const limit = Math.ceil(count / SHARDS);
      const found = await settleAll(ALL_SHARDS.map((shard) => ofShard(endpoint, shard, limit, until)));
      return found
        .flat()
        .toSorted((left, right) => left.deadline - right.deadline)
        .slice(0, count);
    },

    remove: (parked) =>
      removeRows(
        client,
        table,
        parked.map(({ key }) => key),
      ),
  };
};
