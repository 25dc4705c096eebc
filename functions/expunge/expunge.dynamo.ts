import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { ContentRows, PayloadObjects } from './expunge.flow.ts';
import { attemptKey, responseKey } from '../deliver/attempts/attempt-row.ts';
import { pack } from '../platform/codec/codec.ts';
import { messageKeys } from '../platform/dynamodb/keys.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import type { Row } from '../platform/dynamodb/table.ts';

/** What stands in place of an expunged response (the contract's word). */
const EXPUNGED = 'EXPUNGED';

/** `gk`: the key of the object that held the payload, kept so that a repeat finds it. */
const forgotten = z.object({ gk: z.string().optional() });

export interface ContentTables {
  readonly client: DynamoDBDocumentClient;
  readonly messages: string;
  readonly deliveries: string;
}

/** Updates a row that stands; undefined where TTL or a wipe took it. Answers the row as it is now. */
const updateStanding = async (
  client: DynamoDBDocumentClient,
  update: Omit<UpdateItemCommandInput, 'ConditionExpression' | 'ReturnValues'>,
): Promise<Row | undefined> => {
  try {
    const { Attributes = {} } = await client.send(
      new UpdateItemCommand({
        ...update,
        ConditionExpression: 'attribute_exists(pk)',
        ReturnValues: 'ALL_NEW',
      }),
    );
    return unmarshall(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
};

/** Where contents are: payloads in rows of messages, responses in the log of attempts and nowhere else. */
export const makeContentRows = ({ client, messages, deliveries }: ContentTables): ContentRows => ({
  async forgetPayload({ orgId, appId, id, payload }) {
    const row = await updateStanding(client, {
      TableName: messages,
      Key: marshall(messageKeys.message(orgId, appId, id)),
      ...(payload.kind === 'object'
        ? {
            UpdateExpression: 'SET gk = :key REMOVE p, k',
            ExpressionAttributeValues: marshall({ ':key': payload.key }),
          }
        : { UpdateExpression: 'REMOVE p, k' }),
    });
    return row === undefined ? null : (forgotten.parse(row).gk ?? null);
  },

  async forgetResponse(attempt) {
    const overwrite = (key: Key) =>
      updateStanding(client, {
        TableName: deliveries,
        Key: marshall(key),
        UpdateExpression: 'SET b = :response',
        ExpressionAttributeValues: marshall({ ':response': pack(Buffer.from(EXPUNGED)) }),
      });
    // One write erases it wherever it is, so no crash can leave a part.
    const apart = await overwrite(responseKey(attempt));
    if (apart === undefined) await overwrite(attemptKey(attempt));
  },
});

/** Apart from the reader of payloads, so that functions which only read them do not carry it. */
export const makePayloadObjects = (s3: S3Client, bucket: string): PayloadObjects => ({
  async remove(key) {
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  },
});
