import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Attempt } from './attempt.domain.ts';
import { idTime } from '../../platform/ids/ids.domain.ts';
import { deliveryIdentity } from '../delivery.port.ts';
import type { AttemptLog, Delivery } from '../delivery.port.ts';
import { attemptRow, parseAttemptRow } from './attempt-row.ts';
import type { InsertNew } from '../../platform/dynamodb/insert-new.ts';
import { controlKeys, deliveryKeys } from '../../platform/dynamodb/keys.ts';
import { rowTtl } from '../../messages/message-row.ts';
import { putNew } from '../../platform/dynamodb/put-new.ts';

/** A claim outlives all receives of the record that holds it (5, each hidden for 6 times a function's minute). */
const CLAIM_SECONDS = 3_600;

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
    return standing === undefined ? attempt : parseAttemptRow(standing);
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
    const now = Math.floor(nowMs / 1000);
    const row = { ...key, holder, ttl: now + CLAIM_SECONDS };
    const standing = await putNew(client, tables.control, row, now);
    return standing === undefined || claimRow.parse(standing).holder === holder;
  },

  async end({ orgId, appId, messageId, endpointId, ...delivery }) {
    const row = { ...deliveryKeys.ended(orgId, appId, messageId, endpointId), type: 'end' };
    const by = delivery.turn.kind === 'manual' ? delivery.turn.request : '';
    // As long as the message's own row: nothing asks for it once that is gone.
    const ttl = rowTtl(idTime(messageId) ?? 0);
    await putNew(client, tables.deliveries, { ...row, by, ttl });
  },
});
