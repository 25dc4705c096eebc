import { describe, expect, it } from 'vitest';
import { appId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { Message } from '../../../functions/messages/message.domain.ts';
import type { Claim } from '../../../functions/publish/messages.port.ts';
import type { MessageQuery } from '../../../functions/publish/messages.port.ts';
import { APP, NOON, ORG, message, seededIds } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { timePage } from '../../support/simulation/time-page.ts';
import { ADAPTERS } from './adapters.ts';
import type { Side } from './adapters.ts';

const HOUR = 3_600_000;
const OTHER_ORG = orgId('org_other');
const OTHER_APP = appId('app_other');
const ids = seededIds();
const fresh = (some: Partial<Message> = {}) => message({ id: ids.message(NOON), ...some });
const every: MessageQuery = {
  ...{ limit: 50, cursor: null, before: null, after: null },
  ...{ channel: null, tag: null, eventTypes: null },
};

describe.each(ADAPTERS)('accepted messages %s', (_, makeSide) => {
  const stored = async (side: Side, ...messages: readonly Message[]) => {
    for (const one of messages) expect(await side.messages.store(one, NOON)).toEqual({ kind: 'stored' });
  };

  it('read back as they were stored', async () => {
    const side = await makeSide();
    const plain = fresh();
    const full = fresh({
      eventId: 'e#1',
      channels: ['a', 'b'],
      tags: ['t', 'u/v'],
      contentType: 'application/xml',
      deliverAt: NOON + HOUR,
      payloadExpiresAt: NOON + 1,
    });
    await stored(side, plain, full);
    expect(await side.messages.get(ORG, APP, plain.id)).toEqual(plain);
    expect(await side.messages.get(ORG, APP, full.id)).toEqual(full);
    expect(await side.messages.find(ORG, APP, full.id)).toEqual(full);
    expect(await side.messages.find(ORG, APP, 'e#1')).toEqual(full);
  });

  it('are found many at once, without those that are absent', async () => {
    const side = await makeSide();
    const [one, other] = [fresh(), fresh()];
    await stored(side, one, other);
    expect(await side.messages.findMany(ORG, APP, [other.id, ids.message(NOON), one.id])).toEqual([
      other,
      one,
    ]);
    expect(await side.messages.findMany(ORG, APP, [])).toEqual([]);
  });

  it('are seen by their own tenant alone', async () => {
    const side = await makeSide();
    const one = fresh({ eventId: 'e' });
    await stored(side, one);
    for (const [org, app] of [
      [OTHER_ORG, APP],
      [ORG, OTHER_APP],
    ] as const) {
      expect(await side.messages.find(org, app, one.id)).toBeUndefined();
      expect(await side.messages.find(org, app, 'e')).toBeUndefined();
      expect((await side.messages.list(org, app, every, NOON)).items).toEqual([]);
      await stored(side, fresh({ orgId: org, appId: app, eventId: 'e' }));
    }
  });

  it('are written once, though many write at the same time', async () => {
    const side = await makeSide();
    const id = ids.message(NOON);
    const duplicates = Array.from({ length: 20 }, (__, index) => fresh({ id, eventType: `t${index}` }));
    const kinds = await Promise.all(
      duplicates.map(async (duplicate) => (await side.messages.store(duplicate, NOON)).kind),
    );
    expect(kinds.filter((kind) => kind === 'stored')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'id-taken')).toHaveLength(19);
    expect(await side.messages.get(ORG, APP, id)).toEqual(duplicates[kinds.indexOf('stored')]);
  });

  it('have an eventId each, taken with the message or not at all', async () => {
    const side = await makeSide();
    const racers = Array.from({ length: 20 }, () => fresh({ eventId: 'e' }));
    const kinds = await Promise.all(racers.map(async (one) => (await side.messages.store(one, NOON)).kind));
    const winner = racers[kinds.indexOf('stored')];
    expect(kinds.filter((kind) => kind === 'event-id-taken')).toHaveLength(19);
    expect(
      await side.messages.findMany(
        ORG,
        APP,
        racers.map(({ id }) => id),
      ),
    ).toEqual([winner]);
    expect(await side.messages.find(ORG, APP, 'e')).toEqual(winner);
  });

  it('say that the id is taken where id and eventId are', async () => {
    const side = await makeSide();
    const one = fresh({ eventId: 'e' });
    await stored(side, one);
    expect(await side.messages.store(one, NOON)).toEqual({ kind: 'id-taken' });
  });

  it('keep their payload byte for byte, however large, until it expires', async () => {
    const side = await makeSide();
    const random = makeRandom(3);
    const bodies = [Buffer.from('{"a": 1.0}'), Buffer.from(''), random.bytes(60_000)];
    const messages = await Promise.all(
      bodies.map(async (body) => {
        const one = fresh({ payloadExpiresAt: NOON + HOUR });
        return { ...one, payload: await side.messages.storePayload(ORG, one.id, body) };
      }),
    );
    await stored(side, ...messages);
    const read = await side.messages.findMany(
      ORG,
      APP,
      messages.map(({ id }) => id),
    );
    const found = await side.messages.bodies(read, NOON + HOUR - 1);
    expect(found.map((body) => body !== null && Buffer.from(body))).toEqual(
      bodies.map((body) => Buffer.from(body)),
    );
    expect(await side.messages.bodies(read, NOON + HOUR)).toEqual([null, null, null]);
    expect(await side.messages.bodies([fresh({ payload: { kind: 'gone' } })], NOON)).toEqual([null]);
  });

  it('are listed as a plain array would be, with every bound, filter and cursor', async () => {
    const side = await makeSide();
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
    await Promise.all(all.map((one) => side.messages.store(one, NOON)));
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
      const page = await side.messages.list(ORG, APP, query, NOON);
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

describe.each(ADAPTERS)('claims of idempotency keys %s', (_, makeSide) => {
  const claim = (some: Partial<Claim> = {}): Claim => ({
    appId: APP,
    messageId: ids.message(NOON),
    requestDigest: 'body',
    ...some,
  });

  it('stand for the first, though many claim at the same time', async () => {
    const { messages } = await makeSide();
    const claims = Array.from({ length: 20 }, () => claim());
    const answers = await Promise.all(claims.map((mine) => messages.claim('digest', mine, ORG, NOON)));
    expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1);
    expect(claims).toContainEqual(answers[0]);
    expect(await messages.claimed('digest', ORG, NOON)).toEqual(answers[0]);
  });

  it('belong to their organization', async () => {
    const { messages } = await makeSide();
    const [mine, theirs] = [claim(), claim()];
    await messages.claim('digest', mine, ORG, NOON);
    expect(await messages.claim('digest', theirs, OTHER_ORG, NOON)).toEqual(theirs);
    expect(await messages.claimed('other digest', ORG, NOON)).toBeUndefined();
  });

  it('end after twelve hours, checked by the clock', async () => {
    const { messages } = await makeSide();
    const [first, second] = [claim(), claim()];
    await messages.claim('digest', first, ORG, NOON);
    expect(await messages.claim('digest', second, ORG, NOON + 12 * HOUR - 1000)).toEqual(first);
    expect(await messages.claimed('digest', ORG, NOON + 12 * HOUR + 1000)).toBeUndefined();
    expect(await messages.claim('digest', second, ORG, NOON + 12 * HOUR + 1000)).toEqual(second);
  });

  it('are replaced where they still are the one to be replaced, by one of many', async () => {
    const { messages } = await makeSide();
    const first = claim({ appId: OTHER_APP, requestDigest: null });
    await messages.claim('digest', first, ORG, NOON);
    const racers = Array.from({ length: 10 }, () => claim());
    const answers = await Promise.all(racers.map((mine) => messages.claim('digest', mine, ORG, NOON, first)));
    expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1);
    expect(racers).toContainEqual(answers[0]);
    expect(await messages.claimed('digest', ORG, NOON)).toEqual(answers[0]);
    expect(await messages.claim('digest', claim(), ORG, NOON, first)).toEqual(answers[0]);
  });

  it('end twelve hours after they were replaced', async () => {
    const { messages } = await makeSide();
    const [first, second] = [claim({ appId: OTHER_APP }), claim()];
    await messages.claim('digest', first, ORG, NOON);
    expect(await messages.claim('digest', second, ORG, NOON + HOUR, first)).toEqual(second);
    expect(await messages.claim('digest', claim(), ORG, NOON + 13 * HOUR - 1000)).toEqual(second);
    expect(await messages.claimed('digest', ORG, NOON + 13 * HOUR + 1000)).toBeUndefined();
  });
});
