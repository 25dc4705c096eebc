import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Attempt } from '../domain/attempt.ts';
import { deliveryIdentity } from '../flows/delivery.ts';
import type { AttemptLog, Delivery } from '../flows/delivery.ts';
import { attemptRow, parseAttemptRow } from './attempt-row.ts';
import type { InsertNew } from './insert-new.ts';
import { controlKeys, deliveryKeys } from './keys.ts';
import { ROW_DAYS } from './message-row.ts';
import { putNew } from './put-new.ts';

/** A claim outlives every redelivery of the record that holds it (14 days in the queue). */
const CLAIM_SECONDS = 15 * 86_400;
const DAY_SECONDS = 86_400;

const claimRow = z.object({ holder: z.string() });

const keyOf = (delivery: Pick<Delivery, 'orgId' | 'appId' | 'messageId' | 'endpointId' | 'turn'>) =>
  deliveryKeys.attempt(
    delivery.orgId,
    delivery.appId,
    delivery.messageId,
    delivery.endpointId,
    delivery.turn,
  );

/** The log of attempts: append-only, each turn once. */
export const makeAttemptLog = (
  client: DynamoDBClient,
  tables: { readonly deliveries: string; readonly control: string },
  insert: InsertNew,
): AttemptLog => ({
  async record(attempt: Attempt) {
    const standing = await insert(attemptRow(attempt));
    return standing === undefined
      ? { kind: 'recorded', attempt }
      : { kind: 'already', attempt: parseAttemptRow(standing) };
  },

  async markRedone(attempt) {
    await client.send(
      new UpdateItemCommand({
        TableName: tables.deliveries,
        Key: marshall(keyOf(attempt)),
        UpdateExpression: 'SET #redone = :yes',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#redone': 'redone' },
        ExpressionAttributeValues: marshall({ ':yes': true }),
      }),
    );
  },

  async claimTwin(delivery, holder, nowMs) {
    const key = controlKeys.twin(delivery.orgId, deliveryIdentity(delivery));
    const ttl = Math.floor(nowMs / 1000) + CLAIM_SECONDS;
    const standing = await putNew(client, tables.control, { ...key, holder, ttl });
    return standing === undefined || claimRow.parse(standing).holder === holder;
  },

  async end({ orgId, appId, messageId, endpointId, ...delivery }) {
    const row = { ...deliveryKeys.ended(orgId, appId, messageId, endpointId), type: 'end' };
    const at = delivery.turn.kind === 'manual' ? delivery.turn.request : '';
    await putNew(client, tables.deliveries, {
      ...row,
      by: at,
      ttl: Math.ceil(Date.now() / 1000) + ROW_DAYS * DAY_SECONDS,
    });
  },
});
