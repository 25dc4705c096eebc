import { describe, expect, it } from 'vitest';
import { makeExpunge } from '../../../functions/expunge/expunge.flow.ts';
import type { Message } from '../../../functions/messages/message.domain.ts';
import { appId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import { makeRunTask } from '../../../functions/replay/run-task.flow.ts';
import type { Task } from '../../../functions/replay/task.domain.ts';
import { makeTasks } from '../../../functions/replay/tasks.flow.ts';
import { NO_STATISTICS } from '../../support/memory/task-results.ts';
import { makeMemoryTasks } from '../../support/memory/tasks.ts';
import { APP, NOON, ORG, message, seededIds } from '../../support/simulation/builders.ts';
import { makeMemoryMessages } from '../../support/simulation/messages.ts';
import { makeTaskMessages } from './task-messages.ts';

const DAY_MS = 86_400_000;

const unexpected = () => Promise.reject(new Error('nothing is sent here'));

interface Options {
  readonly step?: Step;
  readonly since?: number;
  readonly runMs?: number;
}

/** An application with messages whose payloads are in S3, and a task that erases them. */
const start = async ({ step = noSteps, since = NOON - DAY_MS, runMs = 60_000 }: Options = {}) => {
  let time = NOON;
  const now = () => time;
  // Apart, since a generator's ids never go back in time.
  const [ids, taskIds] = [seededIds(7), seededIds(8)];
  const store = makeMemoryTasks();
  const messages = makeMemoryMessages();
  const { queue, waiting } = makeTaskMessages(now);
  const objects = new Set<string>();

  const put = async (at: number, some: Partial<Message> = {}): Promise<Message> => {
    const id = ids.message(at);
    objects.add(id);
    const stored = message({ id, createdAt: at, payload: { kind: 'object', key: id, bytes: 9 }, ...some });
    await messages.store(stored, at);
    return stored;
  };

  const expunge = makeExpunge({
    rows: {
      removePayload: async ({ orgId: org, appId: app, id, payload }, by) => {
        const current = (await messages.get(org, app, id)) ?? message();
        const key = payload.kind === 'inline' ? undefined : payload.key;
        messages.replace({
          ...current,
          payload: { kind: 'gone', ...(key !== undefined && { key }), ...(by !== null && { by }) },
        });
        return key ?? null;
      },
      overwriteResponse: unexpected,
    },
    objects: { remove: async (key) => void objects.delete(key) },
    step,
  });
  const run = makeRunTask({
    ...NO_STATISTICS,
    ...{ store, queue, messages, expunge, now, step },
    ...{ deliveries: { send: unexpected }, log: { markRedone: unexpected }, select: unexpected },
  });
  const tasks = makeTasks({
    ...NO_STATISTICS,
    ...{ store, queue, select: unexpected, ids: taskIds, now, step: noSteps },
  });
  const begin = () =>
    tasks.start({
      ...{ orgId: ORG, appId: APP, kind: 'application.purge_content' },
      ...{ since, until: null, rate: null },
    });

  /** Each page takes 100 ms. A run that fails is repeated after a minute, by the same queue message. */
  const runToEnd = async (task: Task): Promise<Task> => {
    for (let taken = 0; waiting.length > 0; taken += 1) {
      if (taken === 1_000) throw new Error('no end');
      waiting.sort((left, right) => left.at - right.at);
      const [record] = waiting.splice(0, 1);
      if (record === undefined) break;
      time = Math.max(time, record.at);
      const deadline = time + runMs;
      const remainingMs = () => deadline - (time += 100);
      await run(record.queueMessage, record.messageId, remainingMs).catch(() => {
        waiting.push({ ...record, at: time + 60_000 });
      });
    }
    return (await store.find(task))!;
  };
  return { messages, put, objects, begin, runToEnd, tasks, waiting, now };
};

const many = async (put: (at: number) => Promise<Message>, count: number) => {
  for (let index = 0; index < count; index += 1) await put(NOON - 60_000 + index * 10);
};

describe('erasing the contents of an application', () => {
  it('erases every message of before the task, and counts them', async () => {
    const { put, messages, objects, begin, runToEnd } = await start();
    await many(put, 250);
    const later = await put(NOON + 60_000);
    expect(await runToEnd(await begin())).toMatchObject({ state: { kind: 'finished' }, count: 250 });
    const live = messages.all().filter(({ payload }) => payload.kind !== 'gone');
    expect([live.map(({ id }) => id), [...objects]]).toEqual([[later.id], [later.id]]);
  });

  it('leaves other applications and organizations alone', async () => {
    const { put, messages, begin, runToEnd } = await start();
    await put(NOON - 1_000, { appId: appId('app_other') });
    await put(NOON - 1_000, { orgId: orgId('org_other') });
    expect((await runToEnd(await begin())).count).toBe(0);
    expect(messages.all().filter(({ payload }) => payload.kind === 'gone')).toEqual([]);
  });

  it('does not count what was expunged before, but removes an object that a crash left', async () => {
    const { put, objects, begin, runToEnd } = await start();
    const { id } = await put(NOON - 2_000);
    await put(NOON - 1_000, { payload: { kind: 'gone', key: id } });
    await put(NOON - 500, { payload: { kind: 'gone' } });
    const left = new Set([...objects].filter((key) => key !== id));
    expect(await runToEnd(await begin())).toMatchObject({ state: { kind: 'finished' }, count: 1 });
    expect(objects).toEqual(left);
  });

  it('finds messages on both sides of a year without any', async () => {
    const { put, messages, begin, runToEnd } = await start({ since: NOON - 800 * DAY_MS });
    await put(NOON - 700 * DAY_MS);
    await put(NOON - 300 * DAY_MS);
    await put(NOON - 1_000);
    expect(await runToEnd(await begin())).toMatchObject({ state: { kind: 'finished' }, count: 3 });
    expect(messages.all().every(({ payload }) => payload.kind === 'gone')).toBe(true);
  });

  it.each(['task.selected', 'expunge.row-cleared', 'task.purged', 'task.advanced', 'task.released'])(
    'erases and counts each message once after crashes at %s',
    async (name) => {
      let crashes = 0;
      const step: Step = (at) => {
        if (at !== name || (crashes += 1) % 3 !== 1 || crashes > 9) return Promise.resolve();
        return Promise.reject(new Error('crash'));
      };
      const { put, messages, objects, begin, runToEnd } = await start({ step, runMs: 10_150 });
      await many(put, 250);
      expect(await runToEnd(await begin())).toMatchObject({ state: { kind: 'finished' }, count: 250 });
      expect([messages.all().filter(({ payload }) => payload.kind !== 'gone'), objects.size]).toEqual([
        [],
        0,
      ]);
      expect(crashes).toBeGreaterThan(0);
    },
  );

  it('keeps its rate', async () => {
    const { put, begin, runToEnd, now } = await start();
    await many(put, 5_000);
    expect((await runToEnd(await begin())).count).toBe(5_000);
    expect(now() - NOON).toBeGreaterThanOrEqual(5_000 / 0.5 - 2_500);
  });

  it('stops when it is cancelled', async () => {
    const { put, messages, begin, runToEnd, tasks } = await start();
    await many(put, 20);
    const task = await begin();
    await tasks.cancel(task);
    expect((await runToEnd(task)).state).toEqual({ kind: 'failed', reason: 'cancelled' });
    expect(messages.all().every(({ payload }) => payload.kind !== 'gone')).toBe(true);
  });
});
