import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { endpointId, messageId } from '../../../functions/platform/ids/brand.domain.ts';
import type { Endpoint } from '../../../functions/catalog/endpoints/endpoint.domain.ts';
import type { Message } from '../../../functions/messages/message.domain.ts';
import { NO_FILTERS } from '../../../functions/replay/task.domain.ts';
import type { ReplayTask } from '../../../functions/replay/task.domain.ts';
import type { Delivery } from '../../../functions/deliver/delivery.port.ts';
import { makeSelect } from '../../../functions/replay/task-selection.flow.ts';
import { endpointMessageOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import {
  APP,
  ENDPOINT,
  NOON,
  ORG,
  SETTINGS,
  application,
  attempt,
  endpoint,
  message,
  seededIds,
  task as anyTask,
} from '../../support/simulation/builders.ts';
import { makeMemoryLog } from '../../support/simulation/attempt-log.ts';
import { makeMemoryMessages } from '../../support/simulation/messages.ts';
import {
  makeMemoryAttempts,
  makeMemoryDeliveryStatus,
  makeMemoryViews,
} from '../../support/simulation/views.ts';

const HOUR = 3_600_000;
const FAILED = {
  succeeded: false,
  responseStatusCode: 500,
  cause: 'status_5xx',
  decision: { kind: 'exhausted' },
} as const satisfies Partial<Attempt>;

const task = (some: Partial<ReplayTask> = {}): ReplayTask =>
  anyTask({ until: NOON + HOUR, createdAt: NOON + HOUR, updatedAt: NOON + HOUR, ...some });

interface History {
  readonly endpoints?: readonly Endpoint[];
  readonly messages?: readonly Message[];
  readonly attempts?: readonly Attempt[];
}

/** A selection over stored history; `all` walks every page of a task. */
const start = async (history: History) => {
  const now = () => NOON + 2 * HOUR;
  const [log, views, messages] = [makeMemoryLog(), makeMemoryViews(), makeMemoryMessages()];
  const known = new Set(history.messages?.map(({ id }) => id));
  const tried = (history.attempts ?? []).filter(({ messageId }) => !known.has(messageId));
  const unknown = [...new Set(tried.map(({ messageId }) => messageId))].map((id) => message({ id }));
  for (const one of [...(history.messages ?? []), ...unknown]) await messages.store(one, now());
  for (const one of history.attempts ?? []) {
    await log.record(one);
    await views.putEndpointAttempts([one]);
    await views.mergeEndpointMessages([endpointMessageOf(one)]);
  }
  const endpoints = history.endpoints ?? [endpoint()];
  const select = makeSelect({
    tenants: { load: () => Promise.resolve([{ application: application(), endpoints, settings: SETTINGS }]) },
    ...{ messages, now, attempts: makeMemoryAttempts(views, log) },
    deliveryStatus: makeMemoryDeliveryStatus(views, log),
    sent: {
      states: (of, ids) =>
        Promise.resolve(
          views
            .endpointMessages()
            .filter((row) => row.endpointId === of.endpointId && ids.includes(row.messageId)),
        ),
    },
  });
  const all = async (of: ReplayTask): Promise<readonly Delivery[]> => {
    const found: Delivery[] = [];
    let current = of;
    for (let pages = 0; pages < 50; pages += 1) {
      const selected = await select(current, 'send');
      if (selected.kind === 'impossible') throw new Error(selected.reason);
      found.push(...selected.deliveries.map(({ delivery }) => delivery));
      if (selected.done) return found;
      current = { ...current, cursor: selected.next };
    }
    throw new Error('no end');
  };
  return { select, all };
};

/** One id source per id: a source only increases, and histories are not built in the order of time. */
let seed = 100;
const newIds = () => seededIds((seed += 1));
const messageAt = (at: number, some: Partial<Message> = {}) =>
  message({ id: newIds().message(at), createdAt: at, ...some });
const attemptOf = (of: Message, at: number, number: number, some: Partial<Attempt> = {}): Attempt =>
  attempt({
    messageId: of.id,
    id: newIds().attempt(at),
    at,
    trigger: { kind: 'scheduled', number },
    ...some,
  });
const idsOf = (deliveries: readonly Delivery[]) => deliveries.map(({ messageId }) => messageId);

describe('recover', () => {
  it('resends messages that failed in the window and never succeeded, named after the task', async () => {
    const [failed, recovered, fine] = [messageAt(NOON), messageAt(NOON + 1_000), messageAt(NOON + 2_000)];
    const { all } = await start({
      attempts: [
        attemptOf(failed, NOON, 1, FAILED),
        attemptOf(recovered, NOON + 1_000, 1, FAILED),
        attemptOf(fine, NOON + 2_000, 1),
        attemptOf(recovered, NOON + 2_000, 2),
      ],
    });
    expect(await all(task())).toEqual([
      {
        ...{ orgId: ORG, appId: APP, endpointId: ENDPOINT, messageId: failed.id, schedule: [] },
        trigger: { kind: 'manual', request: 'qtask_1' },
      },
    ]);
  });

  const retryAt = (at: number) =>
    ({ succeeded: false, responseStatusCode: 500, decision: { kind: 'retry', at } }) as const;
  const RESEND = {
    trigger: { kind: 'manual', request: 'qtask_0' },
    decision: { kind: 'manual-failed' },
  } as const;

  it.each([
    ['is due now', 2 * HOUR],
    ['is due in an hour', 3 * HOUR],
    ['was due an hour ago', HOUR],
  ])('makes the pending retry now when it %s, instead of a resend', async (_, at) => {
    const failed = messageAt(NOON);
    const first = attemptOf(failed, NOON, 1, retryAt(NOON + at));
    const resend = attemptOf(failed, NOON + 1_000, 1, { ...FAILED, ...RESEND });
    const { all, select } = await start({ messages: [failed], attempts: [first, resend] });
    expect(await all(task())).toMatchObject([
      { messageId: failed.id, trigger: { kind: 'scheduled', number: 2 }, schedule: SETTINGS.retrySchedule },
    ]);
    expect(await select(task(), 'send')).toMatchObject({
      deliveries: [{ pending: { attempt: { id: first.id }, at: NOON + at } }],
    });
  });

  it('skips messages that were attempted since the task began or succeeded according to the log', async () => {
    const [tried, succeeded] = [messageAt(NOON), messageAt(NOON + 1_000)];
    const { all } = await start({
      attempts: [
        attemptOf(tried, NOON, 1, retryAt(NOON + HOUR)),
        attemptOf(tried, NOON + HOUR + 1_000, 2, retryAt(NOON + 3 * HOUR)),
        attemptOf(succeeded, NOON, 1, FAILED),
        attemptOf(succeeded, NOON + 2_000, 2),
      ],
    });
    expect(await all(task())).toEqual([]);
  });

  it('selects by the time of attempts, including both ends of the window', async () => {
    const old = messageAt(NOON - 9 * HOUR);
    const attempts = [attemptOf(old, NOON - 1, 1, FAILED), attemptOf(old, NOON + HOUR, 2, FAILED)];
    const { all } = await start({ attempts });
    expect(idsOf(await all(task()))).toEqual([old.id]);
    expect(idsOf(await all(task({ since: NOON + HOUR })))).toEqual([old.id]);
    expect(idsOf(await all(task({ since: NOON + HOUR + 4 })))).toEqual([]);
    expect(idsOf(await all(task({ until: NOON - 4, since: NOON - HOUR })))).toEqual([old.id]);
    expect(idsOf(await all(task({ since: NOON + HOUR, until: NOON })))).toEqual([]);
  });

  it('sends a message once that failed on several pages or again after the window', async () => {
    const many = Array.from({ length: 150 }, (_, index) => messageAt(NOON + index));
    const rounds = [0, 1_000, 2 * HOUR - 1_000].flatMap((later, round) =>
      many.map((one, index) => attemptOf(one, NOON + later + index, round + 1, FAILED)),
    );
    const { all } = await start({ attempts: rounds });
    expect(idsOf(await all(task())).toSorted()).toEqual(many.map(({ id }) => id).toSorted());
  });

  it('selects by the cause of the last failure in the window', async () => {
    const [first, second, canceled] = [messageAt(NOON), messageAt(NOON + 1_000), messageAt(NOON + 2_000)];
    const unresolved = { ...FAILED, responseStatusCode: 0, cause: 'dns_failed' } as const;
    const { all } = await start({
      attempts: [
        attemptOf(first, NOON, 1, unresolved),
        attemptOf(first, NOON + 3_000, 2, FAILED),
        attemptOf(second, NOON + 1_000, 1, unresolved),
        attemptOf(canceled, NOON + 2_000, 1, {
          ...unresolved,
          ...{
            decision: { kind: 'canceled', reason: 'endpoint_disabled' },
            cause: 'canceled:endpoint_disabled',
          },
        }),
      ],
    });
    const found = async (...causes: NonNullable<ReplayTask['filters']['causes']>) =>
      idsOf(await all(task({ filters: { ...NO_FILTERS, causes } })));
    expect(await found('status_5xx')).toEqual([first.id]);
    expect(await found('dns_failed')).toEqual([second.id]);
    expect(await found('dns_failed', 'canceled:endpoint_disabled')).toEqual([second.id, canceled.id]);
    expect(await found('gone')).toEqual([]);
  });

  it('ignores the filters on event types and channels', async () => {
    const one = messageAt(NOON);
    const strict = endpoint({ eventTypes: ['other'], channels: ['eu'] });
    const { all } = await start({ endpoints: [strict], attempts: [attemptOf(one, NOON, 1, FAILED)] });
    expect(idsOf(await all(task()))).toEqual([one.id]);
  });

  it.each([
    ['the endpoint is disabled', [endpoint({ disabled: true })]],
    ['the endpoint was deleted', []],
  ])('is refused when %s', async (reason, endpoints) => {
    const { select } = await start({ endpoints });
    expect(await select(task(), 'send')).toEqual({ kind: 'impossible', reason });
  });
});

describe('replay-missing', () => {
  const missing = (some: Partial<ReplayTask> = {}) => task({ kind: 'endpoint.replay', ...some });

  it('sends messages without an attempt as first attempts', async () => {
    const [tried, never] = [messageAt(NOON), messageAt(NOON + 1_000)];
    const attempts = [attemptOf(tried, NOON, 1, FAILED)];
    const { all } = await start({ messages: [tried, never], attempts });
    expect(await all(missing())).toEqual([
      {
        ...{ orgId: ORG, appId: APP, endpointId: ENDPOINT, messageId: never.id },
        ...{ trigger: { kind: 'scheduled', number: 1 }, schedule: SETTINGS.retrySchedule },
        startedAt: missing().createdAt,
      },
    ]);
  });

  it('walks all messages of the window in the order they were accepted', async () => {
    const all250 = Array.from({ length: 250 }, (_, index) => messageAt(NOON + index * 1_000));
    const { all } = await start({ messages: [messageAt(NOON - 4), ...all250, messageAt(NOON + HOUR + 4)] });
    expect(idsOf(await all(missing()))).toEqual(all250.map(({ id }) => id));
  });

  it('sends an example regardless of the filters of its endpoint, like fan-out', async () => {
    const example = messageAt(NOON, { eventType: 'other', onlyEndpoint: ENDPOINT });
    const { all } = await start({
      endpoints: [endpoint({ eventTypes: ['invoice.paid'], channels: ['eu'] })],
      messages: [example],
    });
    expect(idsOf(await all(missing()))).toEqual([example.id]);
  });

  it('restarts the schedule of a canceled example regardless of filters', async () => {
    const example = messageAt(NOON, { eventType: 'other', onlyEndpoint: ENDPOINT });
    const canceled = attemptOf(example, NOON, 1, {
      ...FAILED,
      decision: { kind: 'canceled', reason: 'endpoint_disabled' },
    });
    const { all } = await start({
      endpoints: [endpoint({ eventTypes: ['invoice.paid'] })],
      messages: [example],
      attempts: [canceled],
    });
    expect((await all(missing())).map(({ trigger }) => trigger)).toEqual([
      { kind: 'scheduled', number: 1, series: canceled.id },
    ]);
  });

  it.each<[string, Partial<Message>]>([
    ['a message whose event type the endpoint filters out', { eventType: 'other' }],
    ['a message whose payload was expunged', { payload: { kind: 'gone' } }],
    ['a message whose payload expired', { payloadExpiresAt: NOON + HOUR }],
    ['an example for another endpoint', { onlyEndpoint: endpointId('ep_other') }],
    ['a message with a deliverAt in the future', { deliverAt: NOON + 3 * HOUR }],
  ])('leaves out %s', async (_, some) => {
    const { all } = await start({
      endpoints: [endpoint({ eventTypes: ['invoice.paid'] })],
      messages: [messageAt(NOON, some)],
    });
    expect(await all(missing())).toEqual([]);
  });
});

describe('bulk-replay', () => {
  const bulk = (filters: Partial<ReplayTask['filters']> = {}) =>
    task({ kind: 'endpoint.bulk-replay', filters: { ...NO_FILTERS, ...filters } });
  const [good, bad] = [messageAt(NOON), messageAt(NOON + 1_000, { eventType: 'other' })];
  const history = {
    messages: [good, bad, messageAt(NOON + 2_000)],
    attempts: [
      attemptOf(good, NOON, 1, { tags: ['vip', 'eu'] }),
      attemptOf(bad, NOON + 1_000, 1, { ...FAILED, eventType: 'other' }),
    ],
  };

  it.each<[string, Partial<ReplayTask['filters']>, readonly Message[]]>([
    ['all attempted messages', {}, [good, bad]],
    ['messages that succeeded', { progress: 'succeeded' }, [good]],
    ['messages that failed', { progress: 'unsuccessful' }, [bad]],
    ['messages answered with 5xx', { statusCodes: { from: 500, to: 599 } }, [bad]],
    ['nothing for 4xx when all answers were 5xx', { statusCodes: { from: 400, to: 499 } }, []],
    ['messages whose latest attempt failed for a cause', { causes: ['dns_failed', 'status_5xx'] }, [bad]],
    ['nothing for causes that no message has', { causes: ['dns_failed'] }, []],
    ['messages with a tag', { tag: 'vip' }, [good]],
    ['nothing for a tag that no message has', { tag: 'x' }, []],
    ['messages with an event type', { eventTypes: ['other'] }, [bad]],
    ['nothing for a status that no message has', { progress: 'never' }, []],
  ])('sends %s', async (_, filters, expected) => {
    const { all } = await start(history);
    const deliveries = await all(bulk(filters));
    expect(idsOf(deliveries)).toEqual(expected.map(({ id }) => id));
    for (const { trigger } of deliveries) expect(trigger).toEqual({ kind: 'manual', request: 'qtask_1' });
  });

  it('selects messages by the time they were accepted', async () => {
    const { all } = await start(history);
    expect(idsOf(await all({ ...bulk(), since: NOON + 500 }))).toEqual([bad.id]);
    expect(idsOf(await all({ ...bulk(), until: NOON + 500 }))).toEqual([messageId(good.id)]);
  });
});
