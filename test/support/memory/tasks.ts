import type { TaskStore } from '../../../functions/replay/tasks.flow.ts';
import type { Task, TaskKey } from '../../../functions/replay/task.domain.ts';
import { idPage } from './id-page.ts';
import { makeMemoryIdempotency } from './idempotency.ts';

interface Row {
  readonly task: Task;
  readonly lease: { readonly holder: string; readonly until: number } | null;
}

export interface MemoryTasks extends TaskStore {
  readonly all: () => readonly Task[];
}

/** Background tasks; passes test/contract/store/tasks.test.ts. */
export const makeMemoryTasks = ({ createWith } = makeMemoryIdempotency()): MemoryTasks => {
  const rows = new Map<string, Row>();
  const keyOf = ({ orgId, id }: TaskKey) => JSON.stringify([orgId, id]);
  const all = () => [...rows.values()].map(({ task }) => task);
  return {
    all,
    create: async (task, storedResponseOf) => {
      createWith(storedResponseOf?.(task), () => {
        rows.set(keyOf(task), { task, lease: null });
        return { kind: 'written' };
      });
    },
    find: async (key) => rows.get(keyOf(key))?.task,
    list: async (orgId, page, keep) =>
      idPage(
        all().filter((task) => task.orgId === orgId && keep(task)),
        ({ id }) => id,
        page,
      ),
    lease: async (key, holder, until, nowMs) => {
      const row = rows.get(keyOf(key));
      if (row === undefined) return { kind: 'absent' };
      if (row.task.state.kind !== 'running') return { kind: 'over' };
      const { lease, task } = row;
      if (lease !== null && lease.holder !== holder && lease.until >= nowMs) {
        return { kind: 'busy', until: lease.until };
      }
      rows.set(keyOf(key), { task, lease: { holder, until } });
      return { kind: 'leased', task };
    },
    advance: async (task, holder, until) => {
      const row = rows.get(keyOf(task));
      if (row?.task.state.kind !== 'running' || row.lease?.holder !== holder) return false;
      rows.set(keyOf(task), { task, lease: until === null ? null : { holder, until } });
      return true;
    },
    cancel: async (key, reason, nowMs) => {
      const row = rows.get(keyOf(key));
      if (row?.task.state.kind === 'running') {
        const task: Task = { ...row.task, state: { kind: 'failed', reason }, updatedAt: nowMs };
        rows.set(keyOf(key), { task, lease: null });
      }
      return rows.get(keyOf(key))?.task;
    },
  };
};
