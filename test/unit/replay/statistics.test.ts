import { describe, expect, it } from 'vitest';
import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import { appId, endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import type { AppId, EndpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import type {
  AttemptCounts,
  Counted,
} from '../../../functions/read-models/hourly-statistics/statistics.flow.ts';
import { makeRunTask } from '../../../functions/replay/run-task.flow.ts';
import type { EndpointPlace } from '../../../functions/replay/statistics/statistics-page.flow.ts';
import { makeTasks } from '../../../functions/replay/tasks.flow.ts';
import type { StatisticsOrder } from '../../../functions/replay/tasks.flow.ts';
import { isStatistics } from '../../../functions/replay/task.domain.ts';
import { idPage } from '../../support/memory/id-page.ts';
import { makeMemoryResults } from '../../support/memory/task-results.ts';
import { makeMemoryTasks } from '../../support/memory/tasks.ts';
import { NOON, ORG, application, seededIds } from '../../support/simulation/builders.ts';
import { makeTaskMessages } from './task-messages.ts';

const HOUR = 3_600_000;
const SINCE = NOON - 48 * HOUR;

interface Sent {
  readonly at: number;
  readonly outcome?: 'failed' | 'canceled';
}

interface Given extends Partial<Omit<EndpointPlace, 'id'>> {
  readonly attempts?: readonly Sent[];
}

/** Applications by id, each with its endpoints. */
type Catalog = Readonly<Record<string, readonly Given[]>>;

interface Options {
  readonly step?: Step;
  /** How long each count takes. */
  readonly countMs?: number;
  /** Attempts that one count can read. */
  readonly mostAttempts?: number;
  readonly runMs?: number;
}

const start = (
  catalog: Catalog,
  { step = noSteps, countMs = 1, mostAttempts = 1_000, runMs = 30_000 }: Options = {},
) => {
  let time = NOON;
  const now = () => time;
  const apps: readonly Application[] = Object.keys(catalog).map((id) =>
    application({ id: appId(id), uid: `uid-${id}` }),
  );
  const idOf = (id: AppId, index: number): EndpointId =>
    endpointId(`ep_${id}_${String(index).padStart(4, '0')}`);
  const store = makeMemoryTasks();
  const results = makeMemoryResults();
  const { queue, waiting } = makeTaskMessages(now);
  let counts = 0;
  const count: AttemptCounts['count'] = async (
    { appId: id, endpointId: endpoint },
    spans,
  ): Promise<Counted> => {
    counts += 1;
    time += countMs;
    const index = Number(endpoint.slice(-4));
    const attempts = (catalog[id]?.[index]?.attempts ?? []).filter(({ at }) =>
      spans.some(({ from, to }) => from <= at && at < to),
    );
    const of = (outcome: Sent['outcome']) => attempts.filter((one) => one.outcome === outcome).length;
    return {
      ...{ succeeded: of(undefined), failed: of('failed'), canceled: of('canceled'), causes: {} },
      complete: attempts.length <= mostAttempts,
    };
  };
  const select = () => Promise.reject(new Error('nothing is sent'));
  const ids = seededIds();
  const tasks = makeTasks({ store, queue, select, results, ids, now, step: noSteps });
  const run = makeRunTask({
    ...{ store, queue, select, results, now, step },
    deliveries: { send: select },
    log: { markRedone: select },
    messages: { list: select },
    expunge: { messageContent: select },
    applications: {
      find: async (_, id) => apps.find((one) => one.id === id),
      list: async (_, page) => idPage(apps, ({ id }) => id, page),
    },
    endpointPlaces: async (_, id, after) => {
      const all = (catalog[id] ?? []).map(({ attempts: _attempts, ...given }, index): EndpointPlace => ({
        ...{ id: idOf(id, index), createdAt: SINCE, deletedAt: null, eventTypes: null },
        ...given,
      }));
      const left = all.filter((one) => after === null || one.id > after);
      return { items: left.slice(0, 2), done: left.length <= 2 };
    },
    counts: { storedHours: async () => [], count },
  });

  /** Runs the task to its end; a crashed run is repeated after a minute. */
  const finish = async (order: StatisticsOrder) => {
    const { id } = await tasks.start(order);
    let crashes = 0;
    for (let turn = 0; waiting.length > 0; turn += 1) {
      if (turn > 500) throw new Error('the task does not end');
      waiting.sort((left, right) => left.at - right.at);
      const [record] = waiting.splice(0, 1);
      time = Math.max(time, record!.at);
      const deadline = time + runMs;
      try {
        await run(record!.queueMessage, record!.messageId, () => deadline - time);
      } catch (error) {
        if (!(error instanceof Error) || error.message !== 'crash') throw error;
        crashes += 1;
        waiting.push({ ...record!, at: time + 60_000 });
      }
    }
    const task = await store.find({ orgId: ORG, id });
    if (task === undefined || !isStatistics(task)) throw new Error('no task of statistics');
    const parts = await tasks.results(task);
    return {
      task,
      crashes,
      items: parts.flatMap((part) => JSON.parse(part) as unknown[]),
      parts: parts.length,
    };
  };
  const usage = (apps_: readonly string[] | null = null, until = NOON) =>
    finish({ orgId: ORG, kind: 'application.stats', since: SINCE, until, apps: apps_?.map(appId) ?? null });
  const subscriptions = () =>
    finish({ orgId: ORG, kind: 'event-type.aggregate', since: NOON, until: NOON, apps: null });
  return { usage, subscriptions, counts: () => counts };
};

const sent = (count: number, from = SINCE, every = 60_000): readonly Sent[] =>
  Array.from({ length: count }, (_, index) => ({ at: from + index * every }));

describe('attempts by application', () => {
  it('are those of all its endpoints within the period, deleted ones too, without canceled deliveries', async () => {
    const { usage } = start({
      app_1: [
        { attempts: [...sent(3), { at: SINCE, outcome: 'failed' }, { at: SINCE, outcome: 'canceled' }] },
        { attempts: sent(2), deletedAt: NOON - 40 * HOUR },
        { attempts: [{ at: SINCE - 4 }, { at: NOON - HOUR }, { at: NOON }] },
      ],
      app_2: [],
    });
    const { task, items } = await usage(null, NOON - HOUR);
    expect(task).toMatchObject({ state: { kind: 'finished' }, count: 2 });
    expect(items).toEqual([
      { appId: 'app_1', appUid: 'uid-app_1', messageDestinations: 7 },
      { appId: 'app_2', appUid: 'uid-app_2', messageDestinations: 0 },
    ]);
  });

  it('are counted for the applications that were asked for, one that was deleted since without its uid', async () => {
    const { usage } = start({ app_1: [{ attempts: sent(1) }], app_2: [{ attempts: sent(2) }] });
    expect((await usage(['app_9', 'app_2'])).items).toEqual([
      { appId: 'app_2', appUid: 'uid-app_2', messageDestinations: 2 },
      { appId: 'app_9', appUid: null, messageDestinations: 0 },
    ]);
  });

  it('cost no count for endpoints that were deleted before the period or created after it', async () => {
    const { usage, counts } = start({
      app_1: [{ deletedAt: SINCE - 2 * HOUR }, { createdAt: NOON + 1 }, { deletedAt: SINCE - HOUR / 2 }],
    });
    await usage();
    expect(counts()).toBe(1);
  });

  it('are counted in shorter spans where one count cannot read all of them', async () => {
    const { usage, counts } = start({ app_1: [{ attempts: sent(2_000) }] }, { mostAttempts: 100 });
    expect((await usage()).items).toMatchObject([{ messageDestinations: 2_000 }]);
    expect(counts()).toBeGreaterThan(20);
  });

  it('are counted over many runs, whatever each of them manages', async () => {
    const catalog = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [
        `app_${index}`,
        Array.from({ length: 5 }, () => ({ attempts: sent(400, SINCE, 400_000) })),
      ]),
    );
    const slow = start(catalog, { mostAttempts: 90, countMs: 1_500, runMs: 15_000 });
    const { items, parts } = await slow.usage();
    expect(items).toEqual(
      Object.keys(catalog).map((id) => ({ appId: id, appUid: `uid-${id}`, messageDestinations: 2_000 })),
    );
    expect(parts).toBeGreaterThan(1);
  });

  it.each(['task.selected', 'task.part-stored', 'task.advanced', 'task.released', 'task.requeued'])(
    'are the same after a crash at each %s',
    async (name) => {
      const catalog = Object.fromEntries(
        Array.from({ length: 120 }, (_, index) => [
          `app_${String(index).padStart(3, '0')}`,
          [{ attempts: sent(index) }],
        ]),
      );
      const expected = (await start(catalog).usage()).items;
      let turns = 0;
      const step: Step = async (at) => {
        if (at !== name) return;
        turns += 1;
        if (turns % 2 === 1) throw new Error('crash');
      };
      const { items, task, crashes } = await start(catalog, { step, countMs: 200, runMs: 14_000 }).usage();
      expect(items).toEqual(expected);
      expect([task.state.kind, task.count]).toEqual(['finished', 120]);
      expect(crashes).toBeGreaterThan(0);
    },
  );

  it('end as failed with what to do if there are too many for one answer', async () => {
    const names = Array.from(
      { length: 12_000 },
      (_, index) => `app_${'x'.repeat(220)}${String(index).padStart(5, '0')}`,
    );
    const { usage } = start(Object.fromEntries(names.map((name) => [name, []])));
    const { task } = await usage();
    expect(task.state).toEqual({ kind: 'failed', reason: expect.stringContaining('appIds') });
  });
});

describe('subscriptions by application', () => {
  it('are the event types of its endpoints, and whether one has all of them', async () => {
    const { subscriptions } = start({
      app_1: [
        { eventTypes: ['b', 'a'] },
        { eventTypes: ['b', 'c'] },
        { eventTypes: ['gone'], deletedAt: NOON },
      ],
      app_2: [{ eventTypes: ['a'] }, { eventTypes: null }, { eventTypes: [] }],
      app_3: [],
    });
    const { items, task } = await subscriptions();
    expect(items).toEqual([
      { appId: 'app_1', explicitlySubscribedEventTypes: ['a', 'b', 'c'], hasCatchAllEndpoint: false },
      { appId: 'app_2', explicitlySubscribedEventTypes: ['a'], hasCatchAllEndpoint: true },
      { appId: 'app_3', explicitlySubscribedEventTypes: [], hasCatchAllEndpoint: false },
    ]);
    expect(task.state.kind).toBe('finished');
  });

  it('go on from page to page of applications', async () => {
    const names = Array.from({ length: 130 }, (_, index) => `app_${String(index).padStart(3, '0')}`);
    const { subscriptions } = start(
      Object.fromEntries(names.map((name) => [name, [{ eventTypes: [name] }]])),
    );
    const { items, parts } = await subscriptions();
    expect(items.map((one) => (one as { appId: string }).appId)).toEqual(names);
    expect(parts).toBe(3);
  });
});
