import { ConditionFailed } from '../../platform/dynamodb/errors.ts';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { LEASE_MS } from './sweep.flow.ts';
import type { SweepStore } from './sweep.flow.ts';
import { controlKeys } from '../../platform/dynamodb/keys.ts';
import { UpdateCommand } from '../../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

const leaseRow = z.object({
  fence: z.number().optional(),
  cursor: z.number().optional(),
  leaseUntil: z.number().optional(),
});

/**
 * The lease of the one sweeper. One item holds fencing token and cursor, so that a sweeper whose lease was taken over
 * cannot move the cursor any more.
 */
export const makeSweepLease = (
  client: DynamoClient,
  table: string,
): Pick<SweepStore, 'acquire' | 'advance' | 'release'> => {
  /** Returns the item as it was before; undefined if the condition does not hold. */
  const update = async (input: Omit<UpdateCommandInput, 'TableName' | 'Key'>) => {
    try {
      const { Attributes = {} } = await client.send(
        new UpdateCommand({
          TableName: table,
          Key: controlKeys.sweepLease(),
          ReturnValues: 'ALL_OLD',
          ...input,
        }),
      );
      return leaseRow.parse(Attributes);
    } catch (error) {
      if (error instanceof ConditionFailed) return undefined;
      throw error;
    }
  };

  return {
    async acquire(owner, nowMs) {
      const before = await update({
        UpdateExpression: 'SET #owner = :owner, leaseUntil = :until ADD fence :one',
        // A lease that ends later than LEASE_MS from now was taken by a clock that ran ahead.
        ConditionExpression: 'attribute_not_exists(leaseUntil) OR leaseUntil < :now OR leaseUntil > :until',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: {
          ':owner': owner,
          ':until': nowMs + LEASE_MS,
          ':now': nowMs,
          ':one': 1,
        },
      });
      if (before === undefined) return undefined;
      const { fence = 0, cursor, leaseUntil } = before;
      return { fence: fence + 1, cursor, clean: leaseUntil === undefined };
    },

    async advance(minute, fence, nowMs) {
      const moved = await update({
        UpdateExpression: 'SET #cursor = :minute, leaseUntil = :until',
        ConditionExpression: 'fence = :fence',
        ExpressionAttributeNames: { '#cursor': 'cursor' },
        ExpressionAttributeValues: {
          ':minute': minute,
          ':until': nowMs + LEASE_MS,
          ':fence': fence,
        },
      });
      return moved !== undefined;
    },

    async release(fence) {
      await update({
        UpdateExpression: 'REMOVE leaseUntil',
        ConditionExpression: 'fence = :fence',
        ExpressionAttributeValues: { ':fence': fence },
      });
    },
  };
};
