import * as z from 'zod';
import type { Trigger } from './attempt.domain.ts';
import { deliveryIdentity } from '../delivery.port.ts';
import type { AttemptLog } from '../delivery.port.ts';
import { attemptKey, attemptRows, parseAttemptRow } from './attempt-row.ts';
import type { InsertNew } from '../../platform/dynamodb/insert-new.ts';
import { controlKeys, deliveryKeys } from '../../platform/dynamodb/keys.ts';
import { rowTtl } from '../../messages/message-row.ts';
import { DUPLICATE_CLAIM_SECONDS } from '../../platform/limits/delivery.domain.ts';
import { putNew } from '../../platform/dynamodb/put-new.ts';
import { updateRow } from '../../platform/dynamodb/update-row.ts';
import { getRow, queryPage } from '../../platform/dynamodb/table.ts';
import { UpdateCommand } from '../../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';
import { wholeSeconds } from '../../platform/limits/time.domain.ts';

const claimRow = z.object({ holder: z.string() });

/** The append-only log of attempts: one item for each attempt number. `rowRetentionDays`: the stage's. */
export const makeAttemptLog = (
  client: DynamoClient,
  tables: { readonly deliveries: string; readonly control: string },
  insert: InsertNew,
  rowRetentionDays?: number,
): AttemptLog => ({
  async record(attempt, message) {
    const { row, response } = attemptRows(attempt, message, rowRetentionDays);
    if (response !== undefined) await insert(response);
    const existing = await insert(row);
    return existing === undefined ? attempt : parseAttemptRow(existing);
  },

  async markRedone(attempt) {
    await client.send(
      new UpdateCommand({
        TableName: tables.deliveries,
        Key: attemptKey(attempt),
        UpdateExpression: 'SET #redone = :yes',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#redone': 'redone' },
        ExpressionAttributeValues: { ':yes': true },
      }),
    );
  },

  async claimDuplicate(delivery, holder, nowMs) {
    const key = controlKeys.duplicate(delivery.orgId, deliveryIdentity(delivery));
    const now = wholeSeconds(nowMs);
    const row = { ...key, holder, ttl: now + DUPLICATE_CLAIM_SECONDS };
    const existing = await putNew(client, tables.control, row, now);
    return existing === undefined || claimRow.parse(existing).holder === holder;
  },

  async releaseDuplicate(delivery, holder, nowMs) {
    const key = controlKeys.duplicate(delivery.orgId, deliveryIdentity(delivery));
    await updateRow(
      client,
      { table: tables.control, key },
      {
        expression: 'SET #ttl = :past',
        condition: 'holder = :holder',
        names: { '#ttl': 'ttl' },
        values: { ':holder': holder, ':past': wholeSeconds(nowMs) - 1 },
      },
    );
  },

  async end({ orgId, appId, messageId, endpointId, ...delivery }, atMs) {
    const row = { ...deliveryKeys.ended(orgId, appId, messageId, endpointId), type: 'end' };
    const by = delivery.trigger.kind === 'manual' ? delivery.trigger.request : '';
    // As long as the longest schedule that it ends, whatever the stage's row retention.
    await putNew(client, tables.deliveries, { ...row, by, ttl: rowTtl(atMs) });
  },

  async hasEnded({ orgId, appId, messageId, endpointId }) {
    const key = deliveryKeys.ended(orgId, appId, messageId, endpointId);
    return (await getRow(client, { table: tables.deliveries, key })) !== undefined;
  },

  async canceled({ orgId, appId, messageId, endpointId, trigger }) {
    const keyOf = (one: Trigger) => deliveryKeys.canceled(orgId, appId, messageId, endpointId, one);
    const { pk, sk: high } = keyOf(trigger);
    const { sk: low } = trigger.kind === 'scheduled' ? keyOf({ ...trigger, number: 1 }) : keyOf(trigger);
    const range = { table: tables.deliveries, pk, low, high, forward: true, strong: true, limit: 1 };
    const [row] = (await queryPage(client, range)).rows;
    return row === undefined ? undefined : parseAttemptRow(row);
  },
});
