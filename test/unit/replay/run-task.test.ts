import { describe, expect, it } from 'vitest';
import { messageId } from '../../../functions/platform/ids/brand.domain.ts';
import { NO_FILTERS, pageSize, secondsOf } from '../../../functions/replay/task.domain.ts';
import type { Task } from '../../../functions/replay/task.domain.ts';
import { deliveryIdentity } from '../../../functions/deliver/delivery.port.ts';
import type { QueuedDelivery } from '../../../functions/deliver/delivery.port.ts';
import { makeRunTask } from '../../../functions/replay/run-task.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import { resendOf } from '../../../functions/replay/task-page.flow.ts';
import type { Select } from '../../../functions/replay/task-selection.flow.ts';
import { makeTasks } from '../../../functions/replay/tasks.flow.ts';
import { APP, ENDPOINT, NOON, ORG, seededIds } from '../../support/simulation/builders.ts';
import { NO_STATISTICS } from '../../support/memory/task-results.ts';
import { makeMemoryTasks } from '../../support/memory/tasks.ts';
import { NOTHING_PURGED, makeTaskMessages } from './task-messages.ts';

const PAGE = 10;
const ORDER = {
  ...{ orgId: ORG, appId: APP, endpointId: ENDPOINT, kind: 'endpoint.recover' as const },
  ...{ since: NOON - 60_000, until: null, filters: NO_FILTERS, rate: null },
};

/** Selects from `total` messages, page by page. */
const selectFrom =
  (total: number, most = PAGE): Select =>
  (task) => {
    const start = Number(task.cursor ?? 0);
    const end = Math.min(total, start + pageSize(task, most));
    const numbers = Array.from({ length: end - start }, (_, index) => start + index);
    const deliveries = numbers.map((number) => ({
      delivery: resendOf(task, messageId(`msg_${number}`)),
      pending: null,
    }));
    return Promise.resolve({ kind: 'page', deliveries, next: String(end), done: end === total });
  };

interface Options {
  readonly total?: number;
  readonly select?: Select;
  readonly step?: Step;
  readonly runMs?: number;
  readonly rate?: number;
  /** How long each page takes. */
  readonly pageMs?: number;
}

const start = async ({
  total = 35,
  select = selectFrom(total),
  step = noSteps,
  runMs = 30_000,
  rate = 50,
  pageMs = 1_000,
}: Options = {}) => {
  let time = NOON;
  const now = () => time;
  const store = makeMemoryTasks();
  const { queue, waiting } = makeTaskMessages(now);
  const sent: (QueuedDelivery & { at: number })[] = [];
  const deliveries = {
    send: (some: readonly QueuedDelivery[]) => {
      sent.push(...some.map((one) => ({ ...one, at: time + one.delaySeconds * 1000 })));
      return Promise.resolve();
    },
  };
  const tasks = makeTasks({ ...NO_STATISTICS, store, queue, select, ids: seededIds(), now, step: noSteps });
  const run = makeRunTask({
    ...NO_STATISTICS,
    ...{ store, queue, deliveries, select, now, step },
    log: { markRedone: () => Promise.reject(new Error('no retry is pending')) },
    ...NOTHING_PURGED,
  });
  const task = await tasks.start({ ...ORDER, rate });

  /** Takes the message that is due next; each page of the run takes `pageMs`. A failed run is repeated after a minute. */
  const takeNext = async (): Promise<void> => {
    waiting.sort((left, right) => left.at - right.at);
    const [record] = waiting.splice(0, 1);
    if (record === undefined) throw new Error('no message is waiting');
    time = Math.max(time, record.at);
    const deadline = time + runMs;
    const remainingMs = () => deadline - (time += pageMs);
    await run(record.queueMessage, record.messageId, remainingMs).catch(() => {
      waiting.push({ ...record, at: time + 60_000 });
    });
  };
  const runToEnd = async (): Promise<Task> => {
    for (let taken = 0; waiting.length > 0; taken += 1) {
      if (taken === 1_000) throw new Error('no end');
      await takeNext();
    }
    return (await store.find(task))!;
  };
  return { tasks, task, store, queue, waiting, sent, takeNext, runToEnd, now };
};

const identities = (sent: readonly QueuedDelivery[]) =>
  sent.map(({ delivery }) => deliveryIdentity(delivery));

describe('background task', () => {
  it('sends each message once in order and finishes', async () => {
    const { runToEnd, sent, task } = await start();
    expect(await runToEnd()).toMatchObject({ state: { kind: 'finished' }, count: 35 });
    const expected = Array.from({ length: 35 }, (_, index) => `msg_${index}#${ENDPOINT}#${task.id}`);
    expect(identities(sent)).toEqual(expected);
  });

  it('continues in another run when the time of a run is over', async () => {
    const { runToEnd, sent } = await start({ runMs: 12_000 });
    expect((await runToEnd()).state.kind).toBe('finished');
    expect(new Set(identities(sent)).size).toBe(35);
  });

  it('keeps its rate over all pages and runs', async () => {
    const { runToEnd, sent } = await start({ total: 20_000 });
    await runToEnd();
    const bySecond = Map.groupBy(sent, ({ at }) => Math.floor(at / 1000));
    expect(Math.max(...[...bySecond.values()].map((some) => some.length))).toBeLessThanOrEqual(100);
    expect(sent.at(-1)!.at - sent[0]!.at).toBeGreaterThanOrEqual((20_000 / 50) * 1000 - 2_000);
    expect(Math.max(...sent.map(({ delaySeconds }) => delaySeconds))).toBeLessThanOrEqual(5);
  });

  it.each([1, 7, 50, 300])(
    'at %i messages a second takes the time that its preview says, within a tenth, and is cancelled within five seconds',
    async (rate) => {
      const total = 60 * rate;
      const options = { total, rate, select: selectFrom(total, 100), pageMs: 50 };
      const whole = await start(options);
      const seconds = secondsOf(total, rate);
      expect((await whole.runToEnd()).count).toBe(total);
      const took = (whole.sent.at(-1)!.at - whole.sent[0]!.at) / 1000;
      expect(took).toBeGreaterThanOrEqual(seconds * 0.9);
      expect(took).toBeLessThanOrEqual(seconds * 1.1);

      const stopped = await start(options);
      while (stopped.now() < NOON + 20_000) await stopped.takeNext();
      await stopped.tasks.cancel(stopped.task);
      const cancelledAt = stopped.now();
      await stopped.runToEnd();
      expect(stopped.sent.length).toBeLessThan(total);
      expect(stopped.sent.at(-1)!.at).toBeLessThanOrEqual(cancelledAt + 5_000);
    },
  );

  it('stops when it is cancelled, with the reason', async () => {
    const { takeNext, tasks, task, runToEnd, waiting, sent } = await start({ runMs: 12_000, total: 1_000 });
    await takeNext();
    expect(waiting).toHaveLength(1);
    const before = sent.length;
    expect((await tasks.cancel(task))?.state).toEqual({ kind: 'failed', reason: 'cancelled' });
    expect((await runToEnd()).state).toEqual({ kind: 'failed', reason: 'cancelled' });
    expect(sent).toHaveLength(before);
  });

  it('stops after the current page when it is cancelled during a page', async () => {
    const parts = await start({ step: (name) => (name === 'task.sent' ? stop() : Promise.resolve()) });
    const stop = () => parts.tasks.cancel(parts.task).then(() => undefined);
    expect((await parts.runToEnd()).state).toEqual({ kind: 'failed', reason: 'cancelled' });
    expect(parts.sent).toHaveLength(PAGE);
  });

  it('fails with a reason when its endpoint cannot receive anything', async () => {
    const reason = 'the endpoint is disabled';
    const { runToEnd } = await start({ select: () => Promise.resolve({ kind: 'impossible', reason }) });
    expect((await runToEnd()).state).toEqual({ kind: 'failed', reason });
  });

  it('is run by one of two queue messages', async () => {
    const { queue, task, runToEnd, sent } = await start({ runMs: 12_000 });
    await queue.send(task, 0);
    await runToEnd();
    expect(identities(sent)).toHaveLength(35);
  });

  it('continues after a redrive when its queue message was dead-lettered during the lease', async () => {
    let crashes = 1;
    const step = () => (crashes-- > 0 ? Promise.reject(new Error('crash')) : Promise.resolve());
    const { queue, task, waiting, takeNext, runToEnd, sent } = await start({ step });
    await takeNext();
    waiting.splice(0); // the message reached its receive count
    await queue.send(task, 0);
    expect((await runToEnd()).state.kind).toBe('finished');
    expect(new Set(identities(sent)).size).toBe(35);
  });
});

describe('queue message without a task', () => {
  it('waits a minute for the row of its task and is then dropped', async () => {
    const { queue, waiting, takeNext, runToEnd, now } = await start();
    await runToEnd();
    const queueMessage = { orgId: ORG, appId: APP, id: seededIds(9).task(now()) };
    await queue.send(queueMessage, 0);
    await takeNext();
    expect(waiting).toHaveLength(1);
    for (let taken = 0; waiting.length > 0; taken += 1) {
      if (taken > 100) throw new Error('no end');
      await takeNext();
    }
    expect(now()).toBeGreaterThan(NOON + 60_000);
  });
});

const STEPS = ['selected', 'sent', 'advanced', 'released', 'requeued'];

describe.each(STEPS)('background task that crashes at task.%s', (name) => {
  it.each([1, 2, 3])(
    'on pass %i sends every message and none under another delivery identity',
    async (time) => {
      let seen = 0;
      const crashed: Step = (step) => {
        if (step !== `task.${name}`) return Promise.resolve();
        seen += 1;
        return seen === time ? Promise.reject(new Error('crash')) : Promise.resolve();
      };
      const { runToEnd, sent, task } = await start({ step: crashed, runMs: 12_000, total: 95 });
      expect(await runToEnd()).toMatchObject({ state: { kind: 'finished' }, count: 95 });
      expect(seen).toBeGreaterThanOrEqual(time);
      const names = Array.from({ length: 95 }, (_, index) => `msg_${index}#${ENDPOINT}#${task.id}`);
      expect([...new Set(identities(sent))].sort()).toEqual(names.sort());
      expect(sent.length).toBeLessThanOrEqual(95 + PAGE);
    },
  );
});
