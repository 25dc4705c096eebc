import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { OrgId } from '../platform/ids/brand.domain.ts';
import type { Task, TaskKey } from './task.domain.ts';
import type { StoredResponseOf } from '../catalog/catalog.port.ts';
import { LockLost } from '../idempotency/run-once.flow.ts';
import type { PageRequest } from '../platform/pages/page.ts';
import type { Leased, TaskStore } from './tasks.flow.ts';
import { listPage } from '../catalog/lookup.dynamo.ts';
import type { StoredResponseWrite } from '../idempotency/idempotency.dynamo.ts';
import { controlKeys } from '../platform/dynamodb/keys.ts';
import { newRowRequest, putNew } from '../platform/dynamodb/put-new.ts';
import { prefixEnd, getRow } from '../platform/dynamodb/table.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import { parseTaskRow, taskChanges, taskRow } from './task-row.ts';
import { transact } from '../platform/dynamodb/transact.ts';

const leaseEnd = z.number();
const keyOf = ({ orgId, id }: TaskKey) => controlKeys.task(orgId, id);

/** The result of a conditional update: the new row, the row that failed the condition, or no row. */
type Updated =
  | { readonly kind: 'written'; readonly row: Row }
  | { readonly kind: 'refused'; readonly row: Row }
  | { readonly kind: 'absent' };

/** Stores each background task in one row of its organization's partition; an organization has few of them. */
export const makeTaskStore = (
  client: DynamoDBDocumentClient,
  table: string,
  storedResponseWrite?: StoredResponseWrite,
): TaskStore => {
  const update = async (
    key: TaskKey,
    input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
  ): Promise<Updated> => {
    try {
      const { Attributes = {} } = await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: marshall(keyOf(key)),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          ...input,
        }),
      );
      return { kind: 'written', row: unmarshall(Attributes) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item === undefined ? { kind: 'absent' } : { kind: 'refused', row: unmarshall(error.Item) };
    }
  };

  const createWithResponse = async (task: Task, storedResponseOf: StoredResponseOf<Task>) => {
    if (storedResponseWrite === undefined) throw new Error('this task store cannot store responses');
    const outcome = await transact(client, [
      { Put: newRowRequest(table, taskRow(task)) },
      storedResponseWrite(storedResponseOf(task)),
    ]);
    if (outcome.kind === 'refused') throw new LockLost('another request took over the idempotency key');
  };

  return {
    async create(task, storedResponseOf) {
      if (storedResponseOf === undefined) await putNew(client, table, taskRow(task));
      else await createWithResponse(task, storedResponseOf);
    },

    async find(key) {
      const row = await getRow(client, { table, key: keyOf(key) });
      return row === undefined ? undefined : parseTaskRow(row);
    },

    list: (orgId: OrgId, page: PageRequest, keep) => {
      const { pk, sk: low } = controlKeys.task(orgId, 'qtask_');
      const listing = {
        range: { table, pk, low, high: prefixEnd(low) },
        keyOf: (id: string) => id,
        idOf: ({ id }: Task) => id,
        parse: parseTaskRow,
        keep,
      };
      return listPage(client, listing, page);
    },

    async lease(key, holder, untilMs, nowMs): Promise<Leased> {
      const updated = await update(key, {
        UpdateExpression: 'SET lh = :holder, lu = :until',
        ConditionExpression: 'st = :running AND (attribute_not_exists(lu) OR lu < :now OR lh = :holder)',
        ExpressionAttributeValues: marshall({
          ...{ ':holder': holder, ':until': untilMs, ':now': nowMs, ':running': 'running' },
        }),
      });
      switch (updated.kind) {
        case 'absent':
          return { kind: 'absent' };
        case 'refused':
          return parseTaskRow(updated.row).state.kind === 'running'
            ? { kind: 'busy', until: leaseEnd.parse(updated.row['lu']) }
            : { kind: 'over' };
        case 'written':
          return { kind: 'leased', task: parseTaskRow(updated.row) };
      }
    },

    async advance(task, holder, leaseUntil) {
      const { sets, values } = taskChanges(task);
      const lease = leaseUntil === null ? ' REMOVE lh, lu' : ', lu = :until';
      const updated = await update(task, {
        UpdateExpression: `SET ${sets.join(', ')}${lease}`,
        ConditionExpression: 'st = :running AND lh = :holder',
        ExpressionAttributeValues: marshall(
          { ...values, ':running': 'running', ':holder': holder, ':until': leaseUntil ?? undefined },
          { removeUndefinedValues: true },
        ),
      });
      return updated.kind === 'written';
    },

    async cancel(key, reason, nowMs) {
      const updated = await update(key, {
        UpdateExpression: 'SET st = :failed, re = :reason, ua = :now REMOVE lh, lu',
        ConditionExpression: 'st = :running',
        ExpressionAttributeValues: marshall({
          ...{ ':failed': 'failed', ':reason': reason, ':now': nowMs, ':running': 'running' },
        }),
      });
      return updated.kind === 'absent' ? undefined : parseTaskRow(updated.row);
    },
  };
};
