import * as z from 'zod';
import { rowTtl } from '../../messages/message-row.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';
import { pack, unpack } from '../../platform/codec/codec.ts';
import { PutCommand } from '../../platform/dynamodb/commands.ts';
import { controlKeys } from '../../platform/dynamodb/keys.ts';
import { queryAll } from '../../platform/dynamodb/table.ts';
import type { TaskResults } from './statistics-page.flow.ts';

const VERSION = 1;
const row = z.object({ v: z.literal(VERSION), p: z.instanceof(Uint8Array) });

/** Stores the results of a task in a partition of its own, a row for each part; they expire with the task. */
export const makeTaskResults = (client: DynamoClient, table: string): TaskResults => ({
  async put({ orgId, id }, part, json, createdAt) {
    const Item = {
      ...controlKeys.taskResult(orgId, id, part),
      ...{ v: VERSION, type: 'task-result', p: pack(Buffer.from(json)), ttl: rowTtl(createdAt) },
    };
    await client.send(new PutCommand({ TableName: table, Item }));
  },

  async read({ orgId, id }, parts) {
    if (parts === 0) return [];
    const { pk, sk: low } = controlKeys.taskResult(orgId, id, 0);
    const { sk: high } = controlKeys.taskResult(orgId, id, parts - 1);
    const rows = await queryAll(client, { table, pk, low, high, forward: true, strong: true });
    return rows.map((one) => Buffer.from(unpack(row.parse(one).p)).toString());
  },
});
