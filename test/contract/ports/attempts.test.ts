import { describe, expect, it } from 'vitest';
import type { Attempt, Turn } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { appId, endpointId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { AttemptQuery } from '../../../functions/read-models/attempts.port.ts';
import type { Delivery } from '../../../functions/deliver/delivery.port.ts';
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
import { timePage } from '../../support/simulation/time-page.ts';
import { SIDES } from './adapters.ts';
import type { Side } from './adapters.ts';

const HOUR = 3_600_000;
const ids = seededIds(5);
const fresh = (some: Partial<Attempt> = {}) => attempt({ id: ids.attempt(some.at ?? NOON), ...some });
const turn = (number: number): Turn => ({ kind: 'scheduled', number });
const every: AttemptQuery = {
  ...{ limit: 50, cursor: null, before: null, after: null, withContent: true },
  ...{ succeeded: null, statusCodes: null, channel: null, tag: null, eventTypes: null },
};

describe.each(SIDES)('the log of attempts %s', (_, makeSide) => {
  it('keeps each turn once, whoever comes first', async () => {
    const { log, attempts } = await makeSide();
    const racers = Array.from({ length: 30 }, () => fresh({ response: 'é'.repeat(400) }));
    const standing = await Promise.all(racers.map((one) => log.record(one)));
    expect(new Set(standing.map(({ id }) => id)).size).toBe(1);
    expect(racers).toContainEqual(standing[0]);
    const listed = await attempts.listByMessage(ORG, APP, MESSAGE, null, every, NOON);
    expect(listed).toEqual({ items: [standing[0]], done: true });
  });

  it('keeps turns, resends, endpoints, messages and tenants apart', async () => {
    const { log } = await makeSide();
    const different: Partial<Attempt>[] = [
      { turn: turn(1) },
      { turn: turn(2) },
      { turn: { kind: 'manual', request: 'r1' } },
      { turn: { kind: 'manual', request: 'r2' } },
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

  it('reads back what was recorded, whatever was decided', async () => {
    const { log, attempts } = await makeSide();
    const decisions: Attempt['decision'][] = [
      ...([{ kind: 'succeeded' }, { kind: 'retry', at: NOON + 1 }, { kind: 'exhausted' }] as const),
      ...([{ kind: 'gone' }, { kind: 'manual-failed' }] as const),
    ];
    const all = decisions.map((decision, index) =>
      fresh({
        turn: turn(index + 1),
        decision,
        response: index === 0 ? '' : 'body',
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

  it('lets one of two twins send, for an hour', async () => {
    const { log } = await makeSide();
    const asked = ['a', 'b', 'a'].map((holder) => log.claimTwin(delivery(), holder, NOON));
    const answers = await Promise.all(asked);
    expect(answers[0]).toBe(answers[2]);
    expect(answers[0]).not.toBe(answers[1]);
    const loser = answers[0] ? 'b' : 'a';
    expect(await log.claimTwin(delivery(), loser, NOON + HOUR - 2000)).toBe(false);
    expect(await log.claimTwin(delivery({ turn: turn(2) }), loser, NOON)).toBe(true);
    expect(await log.claimTwin(delivery(), loser, NOON + HOUR + 2000)).toBe(true);
  });

  it('lists by message as a plain array would', async () => {
    const { log, attempts } = await makeSide();
    const random = makeRandom(11);
    const all = Array.from({ length: 40 }, (__, index) => {
      const at = NOON - 60 * HOUR + index * HOUR;
      const status = [200, 204, 404, 500][index % 4]!;
      return fresh({
        ...{ at, id: seededIds(index).attempt(at), turn: turn(1 + (index >> 1)) },
        endpointId: endpointId(`ep_${index % 2}`),
        ...{ succeeded: status < 300, responseStatusCode: status, eventType: `t${index % 3}` },
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

/** What each delivery is told, all of which can be read. */
const told = async ({ reader }: Pick<Side, 'reader'>, deliveries: readonly Delivery[]) =>
  Promise.all((await reader.read(deliveries, 'brief')).map((complete) => complete()));

describe.each(SIDES)('what a delivery is told %s', (_, makeSide) => {
  it('is its tenant, its message, and nothing that has not happened', async () => {
    const side = await makeSide();
    await side.createApplication(application());
    await side.createEndpoint(endpoint());
    await side.messages.store(message(), NOON);
    const [context] = await told(side, [delivery()]);
    expect(context).toMatchObject({ message: message(), mayHaveTwin: false, endedByResend: false });
    expect(context?.tenant).toMatchObject({ application: { id: APP }, endpoints: [{ id: ENDPOINT }] });
    expect(context?.recorded).toBeUndefined();
  });

  it('is that application and message are not there', async () => {
    const { reader } = await makeSide();
    const [context] = await told({ reader }, [delivery()]);
    expect([context?.tenant, context?.message]).toEqual([undefined, undefined]);
  });

  it('is that its turn was recorded before', async () => {
    const { reader, log } = await makeSide();
    const one = fresh({ turn: turn(2) });
    await log.record(one);
    const contexts = await told(
      { reader },
      [1, 2, 3].map((number) => delivery({ turn: turn(number) })),
    );
    expect(contexts.map(({ recorded }) => recorded)).toEqual([undefined, one, undefined]);
  });

  it('is that a twin may be under way once the turn before was followed up again', async () => {
    const { reader, log } = await makeSide();
    const one = fresh({ turn: turn(1), decision: { kind: 'retry', at: NOON } });
    await log.record(one);
    const twins = async () =>
      (
        await told(
          { reader },
          [1, 2, 3].map((number) => delivery({ turn: turn(number) })),
        )
      ).map((found) => found.mayHaveTwin);
    expect(await twins()).toEqual([false, false, false]);
    await log.markRedone(one);
    await log.markRedone(one);
    expect(await twins()).toEqual([false, true, false]);
  });

  it('is that a resend has ended its schedule, at that endpoint alone, for retries', async () => {
    const { reader, log } = await makeSide();
    await log.end(delivery({ turn: { kind: 'manual', request: 'r1' } }));
    await log.end(delivery({ turn: { kind: 'manual', request: 'r1' } }));
    const contexts = await told({ reader }, [
      delivery({ turn: turn(2) }),
      delivery({ turn: turn(2), endpointId: endpointId('ep_other') }),
    ]);
    expect(contexts.map(({ endedByResend }) => endedByResend)).toEqual([true, false]);
  });

  it('is told in the order asked, twins included', async () => {
    const { reader, log } = await makeSide();
    const one = fresh();
    await log.record(one);
    const asked = [delivery(), delivery({ turn: turn(2) }), delivery()];
    expect((await told({ reader }, asked)).map(({ recorded }) => recorded?.id)).toEqual([
      one.id,
      undefined,
      one.id,
    ]);
    expect(await told({ reader }, [])).toEqual([]);
  });
});

/** A query by chance, and what it means. */
const randomQuery = (random: ReturnType<typeof makeRandom>, all: readonly Attempt[]) => {
  const instant = () => (random.chance(0.5) ? null : NOON - random.below(70) * HOUR);
  const query: AttemptQuery = {
    limit: random.below(30),
    cursor: random.chance(0.5)
      ? null
      : { id: all[random.below(all.length)]!.id, direction: random.chance(0.5) ? 'next' : 'previous' },
    before: instant(),
    after: instant(),
    succeeded: random.chance(0.3) ? random.chance(0.5) : null,
    statusCodes: random.chance(0.3) ? { from: 200, to: 404 } : null,
    channel: random.chance(0.2) ? 'c' : null,
    tag: random.chance(0.2) ? 't' : null,
    eventTypes: random.chance(0.3) ? ['t0', 't2'] : null,
    withContent: true,
  };
  const accepts = (one: Attempt) =>
    (query.succeeded === null || one.succeeded === query.succeeded) &&
    (query.statusCodes === null || (one.responseStatusCode >= 200 && one.responseStatusCode <= 404)) &&
    (query.channel === null || one.channels !== null) &&
    (query.tag === null || one.tags !== null) &&
    (query.eventTypes?.includes(one.eventType) ?? true);
  return { query, accepts };
};

describe.each(SIDES)('attempts by endpoint %s', (_, makeSide) => {
  it('are listed as a plain array would be, however often and in whatever order they were put', async () => {
    const { views, log, attempts } = await makeSide();
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
