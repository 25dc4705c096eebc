import { describe, expect, it } from 'vitest';
import { appId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { Message } from '../../../functions/messages/message.domain.ts';
import type { Claim } from '../../../functions/publish/messages.port.ts';
import type { MessageQuery } from '../../../functions/publish/messages.port.ts';
import { APP, NOON, ORG, delivery, message, seededIds } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { timePage } from '../../support/simulation/time-page.ts';
import { MESSAGE_ADAPTERS } from './adapters.ts';
import type { Adapters } from './adapters.ts';

const HOUR = 3_600_000;
const OTHER_ORG = orgId('org_other');
const OTHER_APP = appId('app_other');
const ids = seededIds();
const fresh = (some: Partial<Message> = {}) => message({ id: ids.message(NOON), ...some });
const every: MessageQuery = {
  ...{ limit: 50, cursor: null, before: null, after: null },
  ...{ channel: null, tag: null, eventTypes: null },
};

describe.each(MESSAGE_ADAPTERS)('message store %s', (_, makeAdapters) => {
  const stored = async (adapters: Adapters, ...messages: readonly Message[]) => {
    for (const one of messages) expect(await adapters.messages.store(one, NOON)).toEqual({ kind: 'stored' });
  };

  it('returns messages as they were stored', async () => {
    const adapters = await makeAdapters();
    const plain = fresh();
    const full = fresh({
      eventId: 'e#1',
      channels: ['a', 'b'],
      tags: ['t', 'u/v'],
      contentType: 'application/xml',
      deliverAt: NOON + HOUR,
      payloadExpiresAt: NOON + 1,
    });
    await stored(adapters, plain, full);
    expect(await adapters.messages.get(ORG, APP, plain.id)).toEqual(plain);
    expect(await adapters.messages.get(ORG, APP, full.id)).toEqual(full);
    expect(await adapters.messages.find(ORG, APP, full.id)).toEqual(full);
    expect(await adapters.messages.find(ORG, APP, 'e#1')).toEqual(full);
  });

  it('finds many messages at once and omits absent ones', async () => {
    const adapters = await makeAdapters();
    const [one, other] = [fresh(), fresh()];
    await stored(adapters, one, other);
    expect(await adapters.messages.findMany(ORG, APP, [other.id, ids.message(NOON), one.id])).toEqual([
      other,
      one,
    ]);
    expect(await adapters.messages.findMany(ORG, APP, [])).toEqual([]);
  });

  it('shows messages only to their own tenant', async () => {
    const adapters = await makeAdapters();
    const one = fresh({ eventId: 'e' });
    await stored(adapters, one);
    for (const [org, app] of [
      [OTHER_ORG, APP],
      [ORG, OTHER_APP],
    ] as const) {
      expect(await adapters.messages.find(org, app, one.id)).toBeUndefined();
      expect(await adapters.messages.find(org, app, 'e')).toBeUndefined();
      expect((await adapters.messages.list(org, app, every, NOON)).items).toEqual([]);
      await stored(adapters, fresh({ orgId: org, appId: app, eventId: 'e' }));
    }
  });

  it('stores a message once when writers race', async () => {
    const adapters = await makeAdapters();
    const id = ids.message(NOON);
    const duplicates = Array.from({ length: 20 }, (__, index) => fresh({ id, eventType: `t${index}` }));
    const kinds = await Promise.all(
      duplicates.map(async (duplicate) => (await adapters.messages.store(duplicate, NOON)).kind),
    );
    expect(kinds.filter((kind) => kind === 'stored')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'id-taken')).toHaveLength(19);
    expect(await adapters.messages.get(ORG, APP, id)).toEqual(duplicates[kinds.indexOf('stored')]);
  });

  it('marks a message as canceled once, if it is due later, and every reader sees it', async () => {
    const adapters = await makeAdapters();
    const { cancelStore, messages } = adapters;
    const due = fresh({ deliverAt: NOON + HOUR, eventId: 'due' });
    const prompt = fresh();
    await stored(adapters, due, prompt);
    const canceled = { ...due, canceledAt: NOON + 1 };
    expect(await cancelStore.markCanceled(due, NOON, NOON + HOUR)).toEqual(due);
    expect(await cancelStore.markCanceled(due, NOON + 1, NOON + HOUR - 1)).toEqual(canceled);
    expect(await cancelStore.markCanceled(due, NOON + 2, NOON)).toEqual(canceled);
    expect(await cancelStore.markCanceled(prompt, NOON, NOON - HOUR)).toEqual(prompt);
    expect(await messages.find(ORG, APP, 'due')).toEqual(canceled);
    expect(await messages.findMany(ORG, APP, [due.id])).toEqual([canceled]);
    const [context] = await adapters.reader.read([delivery({ messageId: due.id })], 'brief');
    expect((await context!()).message).toEqual(canceled);
  });

  it('marks no message that has no row, and none of another organization', async () => {
    const adapters = await makeAdapters();
    const due = fresh({ deliverAt: NOON + HOUR });
    expect(await adapters.cancelStore.markCanceled(due, NOON, NOON)).toBeUndefined();
    await stored(adapters, due);
    const foreign = { ...due, orgId: OTHER_ORG };
    expect(await adapters.cancelStore.markCanceled(foreign, NOON, NOON)).toBeUndefined();
    expect(await adapters.messages.find(ORG, APP, due.id)).toEqual(due);
  });

  it('stores one message per eventId, with its eventId or not at all', async () => {
    const adapters = await makeAdapters();
    const racers = Array.from({ length: 20 }, () => fresh({ eventId: 'e' }));
    const kinds = await Promise.all(
      racers.map(async (one) => (await adapters.messages.store(one, NOON)).kind),
    );
    const winner = racers[kinds.indexOf('stored')];
    expect(kinds.filter((kind) => kind === 'event-id-taken')).toHaveLength(19);
    expect(
      await adapters.messages.findMany(
        ORG,
        APP,
        racers.map(({ id }) => id),
      ),
    ).toEqual([winner]);
    expect(await adapters.messages.find(ORG, APP, 'e')).toEqual(winner);
  });

  it('reports the id as taken when both id and eventId are', async () => {
    const adapters = await makeAdapters();
    const one = fresh({ eventId: 'e' });
    await stored(adapters, one);
    expect(await adapters.messages.store(one, NOON)).toEqual({ kind: 'id-taken' });
  });

  it('keeps payloads byte for byte at any size until they expire', async () => {
    const adapters = await makeAdapters();
    const random = makeRandom(3);
    const bodies = [Buffer.from('{"a": 1.0}'), Buffer.from(''), random.bytes(60_000)];
    const messages = await Promise.all(
      bodies.map(async (body) => {
        const one = fresh({ payloadExpiresAt: NOON + HOUR });
        return { ...one, payload: await adapters.messages.storePayload(ORG, one.id, body) };
      }),
    );
    await stored(adapters, ...messages);
    const read = await adapters.messages.findMany(
      ORG,
      APP,
      messages.map(({ id }) => id),
    );
    const found = await adapters.messages.bodies(read, NOON + HOUR - 1);
    expect(found.map((body) => body !== null && Buffer.from(body))).toEqual(
      bodies.map((body) => Buffer.from(body)),
    );
    expect(await adapters.messages.bodies(read, NOON + HOUR)).toEqual([null, null, null]);
    expect(await adapters.messages.bodies([fresh({ payload: { kind: 'gone' } })], NOON)).toEqual([null]);
  });

  it('lists messages like a sorted array with every bound, filter and cursor', async () => {
    const adapters = await makeAdapters();
    const random = makeRandom(7);
    const all = Array.from({ length: 60 }, (__, index) => {
      const createdAt = NOON - 50 * HOUR + index * HOUR;
      const id = seededIds(index).message(createdAt);
      return fresh({
        id,
        createdAt,
        eventType: `t${index % 3}`,
        channels: index % 2 === 0 ? ['even'] : null,
        tags: index % 3 === 0 ? ['third', 'x'] : null,
      });
    });
    await Promise.all(all.map((one) => adapters.messages.store(one, NOON)));
    for (let round = 0; round < 60; round += 1) {
      const instant = () => (random.chance(0.5) ? null : NOON - random.below(60) * HOUR);
      const query: MessageQuery = {
        limit: random.below(30),
        cursor: random.chance(0.5)
          ? null
          : { id: all[random.below(60)]!.id, direction: random.chance(0.5) ? 'next' : 'previous' },
        before: instant(),
        after: instant(),
        channel: random.chance(0.3) ? 'even' : null,
        tag: random.chance(0.3) ? 'third' : null,
        eventTypes: random.chance(0.3) ? ['t0', 't1'] : null,
      };
      const page = await adapters.messages.list(ORG, APP, query, NOON);
      const model = timePage(
        'msg_',
        all,
        query,
        NOON,
        ({ channels, tags, eventType }) =>
          (query.channel === null || channels !== null) &&
          (query.tag === null || tags !== null) &&
          (query.eventTypes?.includes(eventType) ?? true),
      );
      expect([query, page]).toEqual([query, model]);
    }
  });
});

describe.each(MESSAGE_ADAPTERS)('idempotency claim %s', (_, makeAdapters) => {
  const claim = (some: Partial<Claim> = {}): Claim => ({
    appId: APP,
    messageId: ids.message(NOON),
    requestDigest: 'body',
    ...some,
  });

  it('belongs to the first of many concurrent claims', async () => {
    const { messages } = await makeAdapters();
    const claims = Array.from({ length: 20 }, () => claim());
    const answers = await Promise.all(claims.map((mine) => messages.claim('digest', mine, ORG, NOON)));
    expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1);
    expect(claims).toContainEqual(answers[0]);
    expect(await messages.claimed('digest', ORG, NOON)).toEqual(answers[0]);
  });

  it('is separate for each organization', async () => {
    const { messages } = await makeAdapters();
    const [mine, theirs] = [claim(), claim()];
    await messages.claim('digest', mine, ORG, NOON);
    expect(await messages.claim('digest', theirs, OTHER_ORG, NOON)).toEqual(theirs);
    expect(await messages.claimed('other digest', ORG, NOON)).toBeUndefined();
  });

  it('expires after twelve hours by the clock', async () => {
    const { messages } = await makeAdapters();
    const [first, second] = [claim(), claim()];
    await messages.claim('digest', first, ORG, NOON);
    expect(await messages.claim('digest', second, ORG, NOON + 12 * HOUR - 1000)).toEqual(first);
    expect(await messages.claimed('digest', ORG, NOON + 12 * HOUR + 1000)).toBeUndefined();
    expect(await messages.claim('digest', second, ORG, NOON + 12 * HOUR + 1000)).toEqual(second);
  });

  it('is replaced by one of many writers that know the current claim', async () => {
    const { messages } = await makeAdapters();
    const first = claim({ appId: OTHER_APP, requestDigest: null });
    await messages.claim('digest', first, ORG, NOON);
    const racers = Array.from({ length: 10 }, () => claim());
    const answers = await Promise.all(racers.map((mine) => messages.claim('digest', mine, ORG, NOON, first)));
    expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1);
    expect(racers).toContainEqual(answers[0]);
    expect(await messages.claimed('digest', ORG, NOON)).toEqual(answers[0]);
    expect(await messages.claim('digest', claim(), ORG, NOON, first)).toEqual(answers[0]);
  });

  it('expires twelve hours after it was replaced', async () => {
    const { messages } = await makeAdapters();
    const [first, second] = [claim({ appId: OTHER_APP }), claim()];
    await messages.claim('digest', first, ORG, NOON);
    expect(await messages.claim('digest', second, ORG, NOON + HOUR, first)).toEqual(second);
    expect(await messages.claim('digest', claim(), ORG, NOON + 13 * HOUR - 1000)).toEqual(second);
    expect(await messages.claimed('digest', ORG, NOON + 13 * HOUR + 1000)).toBeUndefined();
  });
});

describe.each(MESSAGE_ADAPTERS)('event ids %s', (_, makeAdapters) => {
  const MINUTE = 60_000;
  /** A message of an event, as its function would write it; its id has its instant. */
  const eventMessage = (some: Partial<Message> = {}, at = NOON) =>
    message({ id: seededIds((seed += 1)).message(at), eventId: 'e', ...some });
  let seed = 100;

  it('are reserved for the first of many concurrent events, whose message is written once', async () => {
    const { eventIds, messages } = await makeAdapters();
    const racers = Array.from({ length: 10 }, () => eventMessage());
    const reserved = await Promise.all(racers.map((one) => eventIds.reserve(one, 'e', NOON)));
    expect(new Set(reserved.map(({ id }) => id)).size).toBe(1);
    expect(new Set(reserved.map(({ kind }) => kind))).toEqual(new Set(['reserved']));
    const winner = racers.find(({ id }) => id === reserved[0]!.id)!;
    const kinds = await Promise.all(racers.map(async () => (await eventIds.store(winner)).kind));
    expect(kinds.toSorted()).toEqual([...Array<string>(9).fill('id-taken'), 'stored']);
    expect(await eventIds.reserve(eventMessage(), 'e', NOON)).toEqual({ kind: 'published', id: winner.id });
    expect(await messages.find(ORG, APP, 'e')).toEqual(winner);
  });

  it('are separate for each application and organization', async () => {
    const { eventIds } = await makeAdapters();
    for (const where of [{}, { appId: OTHER_APP }, { orgId: OTHER_ORG }]) {
      const one = eventMessage(where);
      expect(await eventIds.reserve(one, 'e', NOON)).toEqual({ kind: 'reserved', id: one.id });
    }
  });

  it('without a message are taken over with it, and a quarter of an hour later by a new one', async () => {
    const { eventIds, messages } = await makeAdapters();
    const [first, second] = [eventMessage(), eventMessage()];
    await eventIds.reserve(first, 'e', NOON);
    expect(await messages.find(ORG, APP, 'e')).toBeUndefined();
    expect(await eventIds.reserve(second, 'e', NOON + 14 * MINUTE)).toEqual({
      kind: 'reserved',
      id: first.id,
    });
    const late = await Promise.all(
      Array.from({ length: 5 }, () => eventIds.reserve(eventMessage({}, NOON + HOUR), 'e', NOON + HOUR)),
    );
    expect(new Set(late.map(({ id }) => id)).size).toBe(1);
    expect(late[0]!.id).not.toBe(first.id);
  });

  it('expire with their message', async () => {
    const { eventIds } = await makeAdapters();
    const [first, second] = [eventMessage({ retainUntil: NOON + HOUR }), eventMessage()];
    await eventIds.reserve(first, 'e', NOON);
    await eventIds.store(first);
    const at = (atMs: number) => eventIds.reserve(second, 'e', atMs);
    expect(await at(NOON + HOUR - 1_000)).toEqual({ kind: 'published', id: first.id });
    expect(await at(NOON + HOUR + 2_000)).toEqual({ kind: 'reserved', id: second.id });
  });

  it('are those of messages that the API publishes', async () => {
    const { eventIds, messages } = await makeAdapters();
    const byApi = eventMessage();
    await messages.store(byApi, NOON);
    expect(await eventIds.reserve(eventMessage(), 'e', NOON)).toEqual({ kind: 'published', id: byApi.id });
    await eventIds.reserve(eventMessage(), 'other', NOON);
    const other = fresh({ eventId: 'other' });
    expect(await messages.store(other, NOON)).toEqual({ kind: 'event-id-reserved' });
    expect(await messages.store(fresh({ eventId: 'e' }), NOON + HOUR)).toEqual({ kind: 'event-id-taken' });
    expect(await messages.store(other, NOON + HOUR)).toEqual({ kind: 'stored' });
    expect(await eventIds.reserve(eventMessage(), 'other', NOON)).toEqual({
      kind: 'published',
      id: other.id,
    });
    expect(await messages.store(fresh({ eventId: 'other' }), NOON + HOUR)).toEqual({
      kind: 'event-id-taken',
    });
  });
});
