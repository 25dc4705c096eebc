import type { Task, TaskKey } from '../../../functions/replay/task.domain.ts';
import { LockLost } from '../../../functions/idempotency/run-once.flow.ts';
import type { TaskMessage, TaskQueue, TaskStore } from '../../../functions/replay/tasks.flow.ts';

interface Row {
  task: Task;
  lease: { holder: string; until: number } | null;
}

/** An in-memory task store. With `losesLock`, creating a task finds its idempotency lock taken over. */
export const makeMemoryTasks = (options: { readonly losesLock?: boolean } = {}): TaskStore => {
  const rows = new Map<string, Row>();
  const keyOf = ({ orgId, id }: TaskKey) => `${orgId}/${id}`;
  return {
    create: (task, storedResponseOf) => {
      if (storedResponseOf !== undefined && options.losesLock === true) return Promise.reject(new LockLost());
      rows.set(keyOf(task), { task, lease: null });
      return Promise.resolve();
    },
    find: (key) => Promise.resolve(rows.get(keyOf(key))?.task),
    list: () => Promise.reject(new Error('not needed')),
    lease: (key, holder, until, nowMs) => {
      const row = rows.get(keyOf(key));
      if (row === undefined) return Promise.resolve({ kind: 'absent' });
      if (row.task.state.kind !== 'running') return Promise.resolve({ kind: 'over' });
      const { lease } = row;
      if (lease !== null && lease.until >= nowMs && lease.holder !== holder)
        return Promise.resolve({ kind: 'busy', until: lease.until });
      row.lease = { holder, until };
      return Promise.resolve({ kind: 'leased', task: row.task });
    },
    advance: (task, holder, leaseUntil) => {
      const row = rows.get(keyOf(task));
      if (row?.task.state.kind !== 'running' || row.lease?.holder !== holder) return Promise.resolve(false);
      row.task = task;
      row.lease = leaseUntil === null ? null : { holder, until: leaseUntil };
      return Promise.resolve(true);
    },
    cancel: (key, reason, nowMs) => {
      const row = rows.get(keyOf(key));
      if (row?.task.state.kind === 'running') {
        row.task = { ...row.task, state: { kind: 'failed', reason }, updatedAt: nowMs };
      }
      return Promise.resolve(row?.task);
    },
  };
};

export interface QueuedTaskMessage {
  readonly queueMessage: TaskMessage;
  readonly messageId: string;
  readonly at: number;
}

/** A queue whose messages wait until they are due. A test that takes one puts it back when its run failed. */
export const makeTaskMessages = (now: () => number) => {
  const waiting: QueuedTaskMessage[] = [];
  let count = 0;
  const queue: TaskQueue = {
    send: (queueMessage, delaySeconds) => {
      count += 1;
      waiting.push({ queueMessage, messageId: `record-${count}`, at: now() + delaySeconds * 1000 });
      return Promise.resolve();
    },
  };
  return { queue, waiting };
};
