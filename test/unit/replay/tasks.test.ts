import { describe, expect, it } from 'vitest';
import { idTime } from '../../../functions/platform/ids/ids.domain.ts';
import { NO_FILTERS, pageSize } from '../../../functions/replay/task.domain.ts';
import { LockLost } from '../../../functions/idempotency/run-once.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import type { Select } from '../../../functions/replay/task-selection.flow.ts';
import { makeTasks } from '../../../functions/replay/tasks.flow.ts';
import type { ReplayOrder } from '../../../functions/replay/tasks.flow.ts';
import { APP, ENDPOINT, NOON, ORG, delivery, seededIds } from '../../support/simulation/builders.ts';
import { NO_STATISTICS } from '../../support/memory/task-results.ts';
import { makeMemoryTasks } from '../../support/memory/tasks.ts';
import { makeTaskMessages } from './task-messages.ts';

const order = (some: Partial<ReplayOrder> = {}): ReplayOrder => ({
  ...{ orgId: ORG, appId: APP, endpointId: ENDPOINT, kind: 'endpoint.recover' },
  ...{ since: NOON - 60_000, until: null, filters: NO_FILTERS, rate: null },
  ...some,
});

const NOTHING: Select = () => Promise.resolve({ kind: 'page', deliveries: [], next: null, done: true });

const start = (options: { select?: Select; step?: Step } = {}) => {
  let time = NOON + 2;
  const now = () => time;
  const store = makeMemoryTasks();
  const { queue, waiting } = makeTaskMessages(now);
  const { select = NOTHING, step = noSteps } = options;
  const tasks = makeTasks({ ...NO_STATISTICS, store, queue, select, ids: seededIds(), now, step });
  return { tasks, store, waiting, pass: (ms: number) => (time += ms) };
};

describe('starting a background task', () => {
  it('creates a running task whose times equal the time of its id', async () => {
    const { tasks, store, waiting } = start();
    const task = await tasks.start(order());
    expect(task).toMatchObject({
      state: { kind: 'running' },
      updatedAt: NOON,
      until: NOON,
      rate: 50,
      count: 0,
    });
    expect(idTime(task.id)).toBe(NOON);
    expect(await store.find(task)).toEqual(task);
    expect(waiting).toMatchObject([{ queueMessage: { orgId: ORG, id: task.id }, at: NOON + 1_002 }]);
  });

  it('ends the window now when the requested end is in the future', async () => {
    const { tasks } = start();
    expect((await tasks.start(order({ until: NOON + 9e9 }))).until).toBe(NOON);
    expect((await tasks.start(order({ until: NOON - 9 }))).until).toBe(NOON - 9);
  });

  it('leaves no task without a queue message when it crashes in between', async () => {
    const crash = () => Promise.reject(new Error('crash'));
    const { tasks, waiting } = start({ step: (name) => (name === 'task.queued' ? crash() : noSteps(name)) });
    await expect(tasks.start(order())).rejects.toThrow('crash');
    expect(waiting).toHaveLength(1);
  });

  it('creates no task when its idempotency lock was lost', async () => {
    const { tasks, store, waiting } = start();
    const lock = { orgId: ORG, digest: 'd', requestDigest: 'body', holder: 'expired' };
    const storedResponseOf = () => ({ lock, answer: { status: 202, body: null }, at: NOON });
    await expect(tasks.start(order(), storedResponseOf)).rejects.toThrow(LockLost);
    expect(await store.find(waiting[0]!.queueMessage)).toBeUndefined();
  });
});

describe('estimate of a background task', () => {
  const pages =
    (count: number, onPage: () => void = () => undefined): Select =>
    ({ cursor }) => {
      onPage();
      const page = Number(cursor ?? 0) + 1;
      const deliveries = [1, 2].map(() => ({ delivery: delivery(), pending: null }));
      return Promise.resolve({ kind: 'page', deliveries, next: String(page), done: page === count });
    };

  it('counts all pages and starts nothing', async () => {
    const { tasks, waiting } = start({ select: pages(3) });
    expect(await tasks.estimate(order())).toEqual({ messages: 6, complete: true, rate: 50 });
    expect(waiting).toEqual([]);
  });

  it('is marked incomplete when time runs out', async () => {
    const parts = start({ select: pages(1_000_000, () => parts.pass(1_000)) });
    expect(await parts.tasks.estimate(order())).toEqual({ messages: 30, complete: false, rate: 50 });
  });

  it('reads whole pages, however low the rate is', async () => {
    const limits: number[] = [];
    const parts = start({
      select: (task) => {
        limits.push(pageSize(task, 100));
        return pages(1)(task, 'count');
      },
    });
    expect(await parts.tasks.estimate({ ...order(), rate: 1 })).toEqual({
      ...{ messages: 2, complete: true, rate: 1 },
    });
    expect(limits).toEqual([100]);
  });

  it('is zero when the endpoint cannot receive anything', async () => {
    const { tasks } = start({ select: () => Promise.resolve({ kind: 'impossible', reason: 'gone' }) });
    expect(await tasks.estimate(order())).toEqual({ messages: 0, complete: true, rate: 50 });
  });
});
