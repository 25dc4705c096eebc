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
import { prefixEnd, readRow } from '../platform/dynamodb/table.ts';
import { updateRow } from '../platform/dynamodb/update-row.ts';
import type { Update } from '../platform/dynamodb/update-row.ts';
import { parseTaskRow, taskChanges, taskRow } from './task-row.ts';
import { transact } from '../platform/dynamodb/transact.ts';
import type { DynamoClient } from '../platform/aws/command.ts';

const leaseEnd = z.number();
const keyOf = ({ orgId, id }: TaskKey) => controlKeys.task(orgId, id);

/** Stores each background task in one row of its organization's partition; an organization has few of them. */
export const makeTaskStore = (
  client: DynamoClient,
  table: string,
  storedResponseWrite?: StoredResponseWrite,
): TaskStore => {
  const update = (key: TaskKey, change: Update) => updateRow(client, { table, key: keyOf(key) }, change);

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

    find: (key) => readRow(client, { table, key: keyOf(key) }, parseTaskRow),

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
      const { written, row } = await update(key, {
        expression: 'SET lh = :holder, lu = :until',
        condition: 'st = :running AND (attribute_not_exists(lu) OR lu < :now OR lh = :holder)',
        values: { ':holder': holder, ':until': untilMs, ':now': nowMs, ':running': 'running' },
      });
      if (row === undefined) return { kind: 'absent' };
      const task = parseTaskRow(row);
      if (written) return { kind: 'leased', task };
      return task.state.kind === 'running'
        ? { kind: 'busy', until: leaseEnd.parse(row['lu']) }
        : { kind: 'over' };
    },

    async advance(task, holder, leaseUntil) {
      const { expression, names, values } = taskChanges(task);
      const lease = leaseUntil === null ? ' REMOVE lh, lu' : ', lu = :until';
      const { written } = await update(task, {
        expression: `${expression}${lease}`,
        names,
        condition: 'st = :running AND lh = :holder',
        values: { ...values, ':running': 'running', ':holder': holder, ':until': leaseUntil ?? undefined },
      });
      return written;
    },

    async cancel(key, reason, nowMs) {
      const { row } = await update(key, {
        expression: 'SET st = :failed, re = :reason, ua = :now REMOVE lh, lu',
        condition: 'st = :running',
        values: { ':failed': 'failed', ':reason': reason, ':now': nowMs, ':running': 'running' },
      });
      return row === undefined ? undefined : parseTaskRow(row);
    },
  };
};
