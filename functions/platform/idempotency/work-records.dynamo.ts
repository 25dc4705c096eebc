import { wholeSeconds } from '../limits/time.domain.ts';
import * as z from 'zod';
import type { DynamoClient } from '../aws/command.ts';
import { DeleteCommand, PutCommand } from '../dynamodb/commands.ts';
import { ConditionFailed, isWritten } from '../dynamodb/errors.ts';
import { controlKeys } from '../dynamodb/keys.ts';
import type { Row } from '../dynamodb/table.ts';
import { updateRow } from '../dynamodb/update-row.ts';
import type { OrgId } from '../ids/brand.domain.ts';
import type { EarlierWork, WorkRecord } from './work-record.port.ts';

const VERSION = 1;

/** `l`: until when the work is in progress (ms since 1970), which also distinguishes starts; `r`: its result. */
const row = z.object({ v: z.literal(VERSION), l: z.number(), r: z.string().optional() });

/** What is done once: the organization and a name that is unique in it, such as `announce#<id of the event>`. */
export interface WorkKey {
  readonly orgId: OrgId;
  readonly name: string;
}

export interface WorkRecordsOptions {
  readonly client: DynamoClient;
  /** Control. */
  readonly table: string;
  readonly now: () => number;
  /** How long a record is kept: longer than its repeats may come. */
  readonly retentionSeconds: number;
}

/** Records of work in Control, one for each key: two write units for work that is done. Expiry is checked in the conditions. */
export const makeWorkRecords =
  ({ client, table, now, retentionSeconds }: WorkRecordsOptions) =>
  ({ orgId, name }: WorkKey): WorkRecord => {
    const key = controlKeys.work(orgId, name);
    let lock = 0;
    const ttlOf = (atMs: number) => wholeSeconds(atMs) + retentionSeconds;

    /** An earlier try of this call wrote the lock, but its response was lost and the call repeated. */
    const earlierOf = (stored: Row): EarlierWork | undefined => {
      const { l, r } = row.parse(stored);
      if (r !== undefined) return { kind: 'completed', result: r };
      return l === lock ? undefined : { kind: 'in-progress' };
    };

    return {
      async start(until) {
        const nowMs = now();
        lock = until;
        try {
          await client.send(
            new PutCommand({
              TableName: table,
              Item: { ...key, v: VERSION, type: 'work', l: until, ttl: ttlOf(nowMs) },
              ConditionExpression:
                'attribute_not_exists(pk) OR #ttl < :now OR (attribute_not_exists(r) AND l < :nowMs)',
              ExpressionAttributeNames: { '#ttl': 'ttl' },
              ExpressionAttributeValues: { ':now': wholeSeconds(nowMs), ':nowMs': nowMs },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            }),
          );
          return undefined;
        } catch (error) {
          if (!(error instanceof ConditionFailed)) throw error;
          return error.item === undefined ? { kind: 'in-progress' } : earlierOf(error.item);
        }
      },

      async complete(result) {
        await updateRow(
          client,
          { table, key },
          {
            expression: 'SET r = :r, #ttl = :ttl',
            condition: 'attribute_exists(pk)',
            names: { '#ttl': 'ttl' },
            values: { ':r': result, ':ttl': ttlOf(now()) },
          },
        );
      },

      async release() {
        await isWritten(
          client.send(
            new DeleteCommand({
              TableName: table,
              Key: key,
              ConditionExpression: 'l = :l AND attribute_not_exists(r)',
              ExpressionAttributeValues: { ':l': lock },
            }),
          ),
        );
      },
    };
  };
