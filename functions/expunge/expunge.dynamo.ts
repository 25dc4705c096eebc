import { ConditionFailed } from '../platform/dynamodb/errors.ts';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ContentRows } from './expunge.flow.ts';
import { attemptKey, responseKey } from '../deliver/attempts/attempt-row.ts';
import { pack } from '../platform/codec/codec.ts';
import { messageKeys } from '../platform/dynamodb/keys.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import { UpdateCommand } from '../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../platform/aws/command.ts';

/** The text that replaces an expunged response, as the contract has it. */
const EXPUNGED = 'EXPUNGED';

/** `gk`: the key of the S3 object that held the payload; it stays so that a repeat can delete the object. */
const expungedRow = z.object({ gk: z.string().optional() });

export interface ContentTables {
  readonly client: DynamoClient;
  readonly messages: string;
  readonly deliveries: string;
}

/** Updates an existing row and returns its new state; undefined if TTL or a wipe deleted it. */
const updateExisting = async (
  client: DynamoClient,
  update: Omit<UpdateCommandInput, 'ConditionExpression' | 'ReturnValues'>,
): Promise<Row | undefined> => {
  try {
    const { Attributes = {} } = await client.send(
      new UpdateCommand({
        ...update,
        ConditionExpression: 'attribute_exists(pk)',
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes;
  } catch (error) {
    if (error instanceof ConditionFailed) return undefined;
    throw error;
  }
};

/** Contents are in two places: payloads in message rows, responses in the log of attempts. */
export const makeContentRows = ({ client, messages, deliveries }: ContentTables): ContentRows => ({
  async removePayload({ orgId, appId, id, payload }, by) {
    const sets = {
      ...(payload.kind === 'object' && { gk: payload.key }),
      ...(by !== null && { xb: by }),
    };
    const assigned = Object.keys(sets).map((name) => `${name} = :${name}`);
    const values = Object.fromEntries(Object.entries(sets).map(([name, value]) => [`:${name}`, value]));
    const row = await updateExisting(client, {
      TableName: messages,
      Key: messageKeys.message(orgId, appId, id),
      UpdateExpression: `${assigned.length === 0 ? '' : `SET ${assigned.join(', ')} `}REMOVE p, k`,
      ...(assigned.length > 0 && { ExpressionAttributeValues: values }),
    });
    return row === undefined ? null : (expungedRow.parse(row).gk ?? null);
  },

  async overwriteResponse(attempt) {
    const overwrite = (key: Key) =>
      updateExisting(client, {
        TableName: deliveries,
        Key: key,
        // Headers may repeat what the body says.
        UpdateExpression: 'SET b = :response REMOVE h, hz',
        ExpressionAttributeValues: { ':response': pack(Buffer.from(EXPUNGED)) },
      });
    // One write erases it wherever it is, so no crash can leave a part.
    const apart = await overwrite(responseKey(attempt));
    if (apart === undefined) await overwrite(attemptKey(attempt));
  },
});
