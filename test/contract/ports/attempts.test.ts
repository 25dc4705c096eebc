import { describe, expect, it } from 'vitest';
import { outcomeOfAttempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { Attempt, Trigger } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { appId, endpointId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { AttemptQuery } from '../../../functions/read-models/attempts.port.ts';
import {
  APP,
  ENDPOINT,
  MESSAGE,
  NOON,
  ORG,
  application,
  attempt,
  delivery,
  endpoint,
  message,
  seededIds,
} from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { CANCEL_SENTENCES } from '../../../functions/deliver/canceled.domain.ts';
import { causeOfStatus } from '../../../functions/deliver/causes.domain.ts';
import type { Delivery } from '../../../functions/deliver/delivery.port.ts';
import { timePage } from '../../support/simulation/time-page.ts';
import { ADAPTERS } from './adapters.ts';
import type { Adapters } from './adapters.ts';

const HOUR = 3_600_000;
const ids = seededIds(5);
const fresh = (some: Partial<Attempt> = {}) => attempt({ id: ids.attempt(some.at ?? NOON), ...some });
const trigger = (number: number) => ({ kind: 'scheduled', number }) as const satisfies Trigger;
const every: AttemptQuery = {
  ...{ limit: 50, cursor: null, before: null, after: null, withContent: true },
  ...{ outcomes: null, statusCodes: null, causes: null, channel: null, tag: null, eventTypes: null },
};

describe.each(ADAPTERS)('attempt log %s', (_, makeAdapters) => {
  it('records one attempt per attempt number, even when writers race', async () => {
    const { log, attempts } = await makeAdapters();
    const racers = Array.from({ length: 30 }, () => fresh({ response: 'é'.repeat(400) }));
    const recorded = await Promise.all(racers.map((one) => log.record(one)));
    expect(new Set(recorded.map(({ id }) => id)).size).toBe(1);
    expect(racers).toContainEqual(recorded[0]);
    const listed = await attempts.listByMessage(ORG, APP, MESSAGE, null, every, NOON);
    expect(listed).toEqual({ items: [recorded[0]], done: true });
  });

  it('records attempts of other attempt numbers, resends, endpoints, messages and tenants separately', async () => {
    const { log } = await makeAdapters();
    const different: Partial<Attempt>[] = [
      { trigger: trigger(1) },
      { trigger: trigger(2) },
      { trigger: { kind: 'manual', request: 'r1' } },
      { trigger: { kind: 'manual', request: 'r2' } },
      { endpointId: endpointId('ep_other') },
      { messageId: ids.message(NOON) },
      { appId: appId('app_other') },
      { orgId: orgId('org_other') },
    ];
    for (const some of different) {
      const one = fresh(some);
      expect(await log.record(one)).toEqual(one);
    }
  });

  it('returns every recorded attempt with its decision', async () => {
    const { log, attempts } = await makeAdapters();
    const decisions: Attempt['decision'][] = [
      ...([{ kind: 'succeeded' }, { kind: 'retry', at: NOON + 1 }, { kind: 'exhausted' }] as const),
      ...([{ kind: 'gone' }, { kind: 'manual-failed' }] as const),
      { kind: 'canceled', reason: 'endpoint_disabled' },
    ];
    const all = decisions.map((decision, index) =>
      fresh({
        trigger: trigger(index + 1),
        decision,
        cause: decision.kind === 'canceled' ? `canceled:${decision.reason}` : null,
        response:
          decision.kind === 'canceled' ? CANCEL_SENTENCES[decision.reason] : index === 0 ? '' : 'body',
        eventId: 'e',
        channels: ['c'],
        tags: ['t', 'u'],
      }),
    );
    for (const one of all) await log.record(one);
    const { items } = await attempts.listByMessage(ORG, APP, MESSAGE, ENDPOINT, every, NOON);
    expect(items).toEqual(all.toReversed());
    for (const one of all) expect(await attempts.find(ORG, APP, MESSAGE, one.id)).toEqual(one);
    expect(await attempts.find(ORG, APP, MESSAGE, ids.attempt(NOON))).toBeUndefined();
  });

  it('lets one of two duplicates send for an hour', async () => {
    const { log } = await makeAdapters();
    const claims = ['a', 'b', 'a'].map((holder) => log.claimDuplicate(delivery(), holder, NOON));
    const answers = await Promise.all(claims);
    expect(answers[0]).toBe(answers[2]);
    expect(answers[0]).not.toBe(answers[1]);
    const loser = answers[0] ? 'b' : 'a';
    expect(await log.claimDuplicate(delivery(), loser, NOON + HOUR - 2000)).toBe(false);
    expect(await log.claimDuplicate(delivery({ trigger: trigger(2) }), loser, NOON)).toBe(true);
    expect(await log.claimDuplicate(delivery(), loser, NOON + HOUR + 2000)).toBe(true);
  });

  it('lets a duplicate send once the holder of the claim has released it, and no other can release it', async () => {
    const { log } = await makeAdapters();
    expect(await log.claimDuplicate(delivery(), 'a', NOON)).toBe(true);
    await log.releaseDuplicate(delivery(), 'b', NOON);
    expect(await log.claimDuplicate(delivery(), 'b', NOON)).toBe(false);
    await log.releaseDuplicate(delivery(), 'a', NOON);
    expect(await log.claimDuplicate(delivery(), 'b', NOON)).toBe(true);
    await log.releaseDuplicate(delivery({ trigger: trigger(2) }), 'a', NOON);
    expect(await log.claimDuplicate(delivery({ trigger: trigger(2) }), 'c', NOON)).toBe(true);
  });

  it('lists attempts by message like a sorted array', async () => {
    const { log, attempts } = await makeAdapters();
    const random = makeRandom(11);
    const all = Array.from({ length: 40 }, (__, index) => {
      const at = NOON - 60 * HOUR + index * HOUR;
      const status = [200, 204, 404, 500][index % 4]!;
      return fresh({
        ...{ at, id: seededIds(index).attempt(at), trigger: trigger(1 + (index >> 1)) },
        endpointId: endpointId(`ep_${index % 2}`),
        ...{ succeeded: status < 300, responseStatusCode: status, eventType: `t${index % 3}` },
        cause: causeOfStatus(status),
        ...(index % 7 === 5 ? CANCELED : {}),
        channels: index % 5 === 0 ? ['c'] : null,
        tags: index % 3 === 0 ? ['other', 't'] : null,
      });
    });
    await Promise.all(all.map((one) => log.record(one)));
    for (let round = 0; round < 40; round += 1) {
      const { query, accepts } = randomQuery(random, all);
      const of = random.chance(0.5) ? null : endpointId(`ep_${random.below(2)}`);
      const page = await attempts.listByMessage(ORG, APP, MESSAGE, of, query, NOON);
      const model = timePage(
        'atmpt_',
        all,
        query,
        NOON,
        (one) => accepts(one) && (of === null || one.endpointId === of),
      );
      expect([query, page]).toEqual([query, model]);
    }
  });
});

/** The context of each delivery; every one is readable. */
const contextsOf = async ({ reader }: Pick<Adapters, 'reader'>, deliveries: readonly Delivery[]) =>
  Promise.all((await reader.read(deliveries, 'brief')).map((complete) => complete()));

describe.each(ADAPTERS)('delivery context %s', (_, makeAdapters) => {
  it('has the tenant and the message, and no attempt before there is one', async () => {
    const adapters = await makeAdapters();
    await adapters.createApplication(application());
    await adapters.createEndpoint(endpoint());
    await adapters.messages.store(message(), NOON);
    const [context] = await contextsOf(adapters, [delivery()]);
    expect(context).toMatchObject({ message: message(), mayHaveDuplicate: false, endedByResend: false });
    expect(context?.tenant).toMatchObject({ application: { id: APP }, endpoints: [{ id: ENDPOINT }] });
    expect(context?.recorded).toBeUndefined();
  });

  it('has no tenant and no message when they do not exist', async () => {
    const { reader } = await makeAdapters();
    const [context] = await contextsOf({ reader }, [delivery()]);
    expect([context?.tenant, context?.message]).toEqual([undefined, undefined]);
  });

  it('has the attempt that was recorded under the same attempt number', async () => {
    const { reader, log } = await makeAdapters();
    const one = fresh({ trigger: trigger(2) });
    await log.record(one);
    const contexts = await contextsOf(
      { reader },
      [1, 2, 3].map((number) => delivery({ trigger: trigger(number) })),
    );
    expect(contexts.map(({ recorded }) => recorded)).toEqual([undefined, one, undefined]);
  });

  it('says that a duplicate may exist after the previous attempt was followed up again', async () => {
    const { reader, log } = await makeAdapters();
    const one = fresh({ trigger: trigger(1), decision: { kind: 'retry', at: NOON } });
    await log.record(one);
    const duplicates = async () =>
      (
        await contextsOf(
          { reader },
          [1, 2, 3].map((number) => delivery({ trigger: trigger(number) })),
        )
      ).map((found) => found.mayHaveDuplicate);
    expect(await duplicates()).toEqual([false, false, false]);
    await log.markRedone(one);
    await log.markRedone(one);
    expect(await duplicates()).toEqual([false, true, false]);
  });

  it('says that a resend ended the schedule at that endpoint, for retries', async () => {
    const { reader, log } = await makeAdapters();
    await log.end(delivery({ trigger: { kind: 'manual', request: 'r1' } }), NOON);
    await log.end(delivery({ trigger: { kind: 'manual', request: 'r1' } }), NOON);
    const contexts = await contextsOf({ reader }, [
      delivery({ trigger: trigger(2) }),
      delivery({ trigger: trigger(2), endpointId: endpointId('ep_other') }),
    ]);
    expect(contexts.map(({ endedByResend }) => endedByResend)).toEqual([true, false]);
  });

  it('is returned in the order of the deliveries, including duplicates', async () => {
    const { reader, log } = await makeAdapters();
    const one = fresh();
    await log.record(one);
    const deliveries = [delivery(), delivery({ trigger: trigger(2) }), delivery()];
    expect((await contextsOf({ reader }, deliveries)).map(({ recorded }) => recorded?.id)).toEqual([
      one.id,
      undefined,
      one.id,
    ]);
    expect(await contextsOf({ reader }, [])).toEqual([]);
  });
});

const OUTCOMES = ['succeeded', 'failed', 'canceled'] as const;

const CANCELED: Pick<Attempt, 'succeeded' | 'responseStatusCode' | 'response' | 'cause' | 'decision'> = {
  ...{ succeeded: false, responseStatusCode: 0, response: CANCEL_SENTENCES.filters_changed },
  ...{ cause: 'canceled:filters_changed', decision: { kind: 'canceled', reason: 'filters_changed' } },
};

describe.each(ADAPTERS)('canceled delivery %s', (_, makeAdapters) => {
  const canceled = (some: Partial<Attempt> = {}) => fresh({ ...CANCELED, ...some });
  const series = ids.attempt(NOON);

  it('is recorded once and does not replace the attempt of its attempt number', async () => {
    const { log, attempts, reader } = await makeAdapters();
    const [first, again, tried] = [
      canceled({ trigger: trigger(2) }),
      canceled({ trigger: trigger(2) }),
      fresh({ trigger: trigger(2) }),
    ];
    expect(await log.record(first)).toEqual(first);
    expect(await log.record(again)).toEqual(first);
    expect((await contextsOf({ reader }, [delivery({ trigger: trigger(2) })]))[0]?.recorded).toBeUndefined();
    expect(await log.record(tried)).toEqual(tried);
    const { items } = await attempts.listByMessage(ORG, APP, MESSAGE, ENDPOINT, every, NOON + 3 * HOUR);
    expect(items).toEqual([tried, first]);
    expect(await attempts.find(ORG, APP, MESSAGE, first.id)).toEqual(first);
  });

  it('ends its own schedule at that endpoint only', async () => {
    const { log } = await makeAdapters();
    const first = canceled({ trigger: trigger(2) });
    await log.record(first);
    await log.record(canceled({ trigger: trigger(3) }));
    const canceledAt = async (some: Partial<Delivery>) => (await log.canceled(delivery(some)))?.id;
    expect(await canceledAt({ trigger: trigger(1) })).toBeUndefined();
    expect(await canceledAt({ trigger: trigger(2) })).toBe(first.id);
    expect(await canceledAt({ trigger: trigger(12) })).toBe(first.id);
    expect(await canceledAt({ trigger: { ...trigger(2), series } })).toBeUndefined();
    expect(await canceledAt({ trigger: { kind: 'manual', request: 'r1' } })).toBeUndefined();
    expect(await canceledAt({ trigger: trigger(2), endpointId: endpointId('ep_other') })).toBeUndefined();
  });

  it('ends a restarted schedule or a resend separately', async () => {
    const { log } = await makeAdapters();
    const [anew, resend] = [trigger(1), { kind: 'manual', request: 'r1' } as const];
    const one = canceled({ trigger: { ...anew, series } });
    const other = canceled({ trigger: resend });
    await log.record(one);
    await log.record(other);
    expect((await log.canceled(delivery({ trigger: { ...trigger(3), series } })))?.id).toBe(one.id);
    expect((await log.canceled(delivery({ trigger: resend })))?.id).toBe(other.id);
    expect(await log.canceled(delivery({ trigger: anew }))).toBeUndefined();
  });

  it('makes later attempts get later ids when clocks differ', async () => {
    const { log, reader } = await makeAdapters();
    const before = fresh({ at: NOON + HOUR, trigger: trigger(1) });
    await log.record(before);
    const anew = { ...trigger(1), series: ids.attempt(NOON + 2 * HOUR) };
    const contexts = await contextsOf({ reader }, [
      delivery({ trigger: trigger(1) }),
      delivery({ trigger: trigger(2) }),
      delivery({ trigger: anew }),
    ]);
    expect(contexts.map(({ notBefore }) => notBefore)).toEqual([0, NOON + HOUR + 4, NOON + 2 * HOUR + 4]);
  });

  it('is independent of a schedule that a resend ended', async () => {
    const { log } = await makeAdapters();
    expect(await log.hasEnded(delivery())).toBe(false);
    await log.end(delivery({ trigger: { kind: 'manual', request: 'r1' } }), NOON);
    expect(await log.hasEnded(delivery())).toBe(true);
  });
});

/** A random query and its meaning. */
const randomQuery = (random: ReturnType<typeof makeRandom>, all: readonly Attempt[]) => {
  const instant = () => (random.chance(0.5) ? null : NOON - random.below(70) * HOUR);
  const query: AttemptQuery = {
    limit: random.below(30),
    cursor: random.chance(0.5)
      ? null
      : { id: all[random.below(all.length)]!.id, direction: random.chance(0.5) ? 'next' : 'previous' },
    before: instant(),
    after: instant(),
    outcomes: random.chance(0.5) ? OUTCOMES.filter(() => random.chance(0.5)) : null,
    statusCodes: random.chance(0.3) ? { from: 200, to: 404 } : null,
    causes: random.chance(0.2) ? ['status_5xx', 'redirect'] : null,
    channel: random.chance(0.2) ? 'c' : null,
    tag: random.chance(0.2) ? 't' : null,
    eventTypes: random.chance(0.3) ? ['t0', 't2'] : null,
    withContent: true,
  };
  const accepts = (one: Attempt) =>
    (query.outcomes?.includes(outcomeOfAttempt(one)) ?? true) &&
    (query.statusCodes === null || (one.responseStatusCode >= 200 && one.responseStatusCode <= 404)) &&
    (query.causes === null || ['status_5xx', 'redirect'].includes(one.cause ?? '')) &&
    (query.channel === null || one.channels !== null) &&
    (query.tag === null || one.tags !== null) &&
    (query.eventTypes?.includes(one.eventType) ?? true);
  return { query, accepts };
};

describe.each(ADAPTERS)('attempts by endpoint %s', (_, makeAdapters) => {
  it('are listed like a sorted array for any order and repetition of writes', async () => {
    const { views, log, attempts } = await makeAdapters();
    const random = makeRandom(13);
    const all = Array.from({ length: 60 }, (__, index) => {
      const at = NOON - 65 * HOUR + index * HOUR;
      const status = [200, 301, 500][index % 3]!;
      return fresh({
        ...{
          at,
          id: seededIds(index).attempt(at),
          messageId: seededIds(index).message(at),
          response: `b${index}`,
        },
        ...{ succeeded: status < 300, responseStatusCode: status, eventType: `t${index % 3}` },
        cause: causeOfStatus(status),
        channels: index % 5 === 0 ? ['c'] : null,
        tags: index % 4 === 0 ? ['t'] : null,
      });
    });
    await Promise.all(all.map((one) => log.record(one)));
    await views.putEndpointAttempts([...random.shuffled(all), ...all.slice(0, 10)]);
    await views.putEndpointAttempts(all.slice(5, 15));
    for (let round = 0; round < 40; round += 1) {
      const { query, accepts } = randomQuery(random, all);
      const page = await attempts.listByEndpoint(ORG, APP, ENDPOINT, query, NOON);
      expect([query, page]).toEqual([query, timePage('atmpt_', all, query, NOON, accepts)]);
    }
    const without = await attempts.listByEndpoint(
      ORG,
      APP,
      ENDPOINT,
      { ...every, limit: 3, withContent: false },
      NOON,
    );
    expect(without.items.map(({ id, response }) => [id, response])).toEqual(
      all
        .slice(-3)
        .toReversed()
        .map(({ id }) => [id, '']),
    );
    expect((await attempts.listByEndpoint(ORG, APP, endpointId('ep_other'), every, NOON)).items).toEqual([]);
  });
});
