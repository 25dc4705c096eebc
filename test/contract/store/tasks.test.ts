import { beforeAll, describe, expect, it } from 'vitest';
import type { OrgId } from '../../../functions/platform/ids/brand.domain.ts';
import { NO_FILTERS, advanced, failed } from '../../../functions/replay/task.domain.ts';
import type { PurgeTask, ReplayTask, Task, StatisticsTask } from '../../../functions/replay/task.domain.ts';
import { LockLost } from '../../../functions/idempotency/run-once.flow.ts';
import type { IdempotencyStore } from '../../../functions/idempotency/run-once.flow.ts';
import type { TaskStore } from '../../../functions/replay/tasks.flow.ts';
import { NOON, task, uniqueIds } from '../../support/simulation/builders.ts';
import { ADAPTERS } from './adapters.ts';
import { freshOrg } from './catalog.ts';

const ANSWER = { status: 202, body: '{}' };
const MINUTE_MS = 60_000;

const aTask = (orgId: OrgId, some: Partial<ReplayTask> = {}): ReplayTask =>
  task({
    ...{ orgId, id: uniqueIds.task(NOON), appId: uniqueIds.app(NOON), endpointId: uniqueIds.endpoint(NOON) },
    ...{ kind: 'endpoint.bulk-replay', since: NOON - MINUTE_MS },
    filters: {
      eventTypes: ['a'],
      channel: 'eu',
      tag: 'vip',
      progress: 'unsuccessful',
      causes: ['status_5xx', 'canceled:endpoint_disabled'],
      statusCodes: { from: 500, to: 599 },
    },
    ...some,
  });

describe.each(ADAPTERS)('background tasks %s', (_, makeStores) => {
  let store: TaskStore;
  let keys: IdempotencyStore;
  beforeAll(async () => {
    ({ tasks: store, idempotency: keys } = await makeStores());
  });

  const created = async (some: Partial<ReplayTask> = {}) => {
    const task = aTask(freshOrg(), some);
    await store.create(task);
    return task;
  };
  const lease = (task: Task, holder: string, nowMs = NOON) =>
    store.lease(task, holder, nowMs + MINUTE_MS, nowMs);

  describe('store', () => {
    it.each<Partial<ReplayTask>>([
      {},
      { filters: NO_FILTERS },
      { cursor: 'msg_1', count: 3, state: { kind: 'failed', reason: 'gone' } },
    ])('returns a task as it was written: %j', async (some) => {
      const task = await created(some);
      expect(await store.find(task)).toEqual(task);
      expect(await store.find({ orgId: freshOrg(), id: task.id })).toBeUndefined();
    });

    it('returns a task over an application as it was written', async () => {
      const { endpointId: _endpointId, filters: _filters, ...common } = aTask(freshOrg(), { count: 7 });
      const purge: PurgeTask = { ...common, kind: 'application.purge_content' };
      await store.create(purge);
      expect(await store.find(purge)).toEqual(purge);
    });

    it.each<Pick<StatisticsTask, 'kind' | 'apps'>>([
      { kind: 'application.stats', apps: [uniqueIds.app(NOON), uniqueIds.app(NOON)] },
      { kind: 'event-type.aggregate', apps: null },
    ])('returns a task of statistics as it was written: %j', async (some) => {
      const { appId: _app, ...shared } = aTask(freshOrg());
      const { since, until, rate, state, cursor, count, pacedUntil, createdAt, updatedAt } = shared;
      const progress = { since, until, rate, state, cursor, count, pacedUntil, createdAt, updatedAt };
      const task: StatisticsTask = { orgId: shared.orgId, id: shared.id, appId: null, ...progress, ...some };
      await store.create(task);
      expect(await store.find(task)).toEqual(task);
    });

    it('writes a task together with its stored response or not at all', async () => {
      const task = aTask(freshOrg());
      const lock = { orgId: task.orgId, digest: 'd', requestDigest: 'body', holder: 'first' };
      const storedResponseOf = () => ({ lock, answer: ANSWER, at: NOON });
      await expect(store.create(task, storedResponseOf)).rejects.toThrow(LockLost);
      expect(await store.find(task)).toBeUndefined();
      await keys.start(lock, NOON);
      await store.create(task, storedResponseOf);
      expect(await store.find(task)).toEqual(task);
      expect(await keys.start({ ...lock, holder: 'second' }, NOON)).toEqual({
        kind: 'answered',
        answer: ANSWER,
        requestDigest: 'body',
      });
    });

    it('does not find, list, lease or cancel a task of another organization', async () => {
      const task = await created();
      const foreign = { ...task, orgId: freshOrg() };
      expect(await store.find(foreign)).toBeUndefined();
      const page = { limit: 9, cursor: null, order: 'ascending' } as const;
      expect((await store.list(foreign.orgId, page, () => true)).items).toEqual([]);
      expect(await lease(foreign, 'a')).toEqual({ kind: 'absent' });
      expect(await store.advance(foreign, 'a', null)).toBe(false);
      expect(await store.cancel(foreign, 'cancelled', NOON)).toBeUndefined();
      expect(await store.find(task)).toEqual(task);
    });

    it('lists the tasks of an organization that match a filter', async () => {
      const orgId = freshOrg();
      const tasks = Array.from({ length: 5 }, () => aTask(orgId));
      for (const task of tasks) await store.create(task);
      const newest = tasks.toReversed();
      const page = await store.list(orgId, { limit: 3, cursor: null, order: 'descending' }, () => true);
      expect(page).toEqual({ items: newest.slice(0, 3), done: false });
      const only = await store.list(
        orgId,
        { limit: 9, cursor: null, order: 'ascending' },
        ({ id }) => id === tasks[2]?.id,
      );
      expect(only).toEqual({ items: [tasks[2]], done: true });
    });
  });

  describe('lease', () => {
    it('is given to one of ten concurrent callers', async () => {
      const task = await created();
      const leases = await Promise.all(Array.from({ length: 10 }, (_, index) => lease(task, String(index))));
      expect(leases.map(({ kind }) => kind).toSorted()).toEqual([...Array<string>(9).fill('busy'), 'leased']);
    });

    it('is renewed by its holder and given to another when it expired or was released', async () => {
      const task = await created();
      expect(await lease(task, 'a')).toEqual({ kind: 'leased', task });
      expect((await lease(task, 'a')).kind).toBe('leased');
      expect(await lease(task, 'b', NOON + MINUTE_MS)).toEqual({ kind: 'busy', until: NOON + MINUTE_MS });
      expect((await lease(task, 'b', NOON + MINUTE_MS + 1)).kind).toBe('leased');
      expect(await store.advance(task, 'b', null)).toBe(true);
      expect((await lease(task, 'c')).kind).toBe('leased');
    });

    it('is required to write progress', async () => {
      const task = await created();
      const next = advanced(task, { count: 7, next: 'msg_7', done: false }, NOON + 5);
      expect(await store.advance(next, 'a', null)).toBe(false);
      await lease(task, 'a');
      expect(await store.advance(next, 'a', NOON + MINUTE_MS)).toBe(true);
      expect(await store.find(task)).toEqual(next);
    });

    it('is refused for a finished, failed or absent task', async () => {
      const [done, broken] = [await created(), await created()];
      await lease(done, 'a');
      await store.advance(advanced(done, { count: 0, next: null, done: true }, NOON), 'a', null);
      await lease(broken, 'a');
      await store.advance(failed(broken, 'the endpoint was deleted', NOON), 'a', null);
      expect(await lease(done, 'a')).toEqual({ kind: 'over' });
      expect((await store.find(broken))?.state).toEqual({
        kind: 'failed',
        reason: 'the endpoint was deleted',
      });
      expect((await lease(aTask(freshOrg()), 'a')).kind).toBe('absent');
    });

    it('ends when the task is cancelled; cancelling a finished task changes nothing', async () => {
      const task = await created();
      await lease(task, 'a');
      const cancelled = await store.cancel(task, 'cancelled', NOON + 9);
      expect(cancelled).toMatchObject({
        state: { kind: 'failed', reason: 'cancelled' },
        updatedAt: NOON + 9,
      });
      expect(await store.advance(task, 'a', null)).toBe(false);
      expect(await store.cancel(task, 'again', NOON + 99)).toEqual(cancelled);
      expect(await store.cancel(aTask(freshOrg()), 'cancelled', NOON)).toBeUndefined();
    });
  });
});
