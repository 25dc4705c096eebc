import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../functions/messages/message.domain.ts';
import type { PublishOutcome, PublishRequest } from '../../../functions/publish/messages.port.ts';
import { makePublish } from '../../../functions/publish/publish.flow.ts';
import type { MessageStore } from '../../../functions/publish/messages.port.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import { IDEMPOTENCY_SECONDS } from '../../../functions/platform/limits/retention.domain.ts';
import { appId } from '../../../functions/platform/ids/brand.domain.ts';
import {
  APP,
  NOON,
  ORG,
  SETTINGS,
  application,
  endpoint,
  publishRequest,
  seededIds,
} from '../../support/simulation/builders.ts';
import { makeMemoryMessages } from '../../support/simulation/messages.ts';
import { makeMemoryTenants } from '../../support/simulation/tenants.ts';

const HOUR = 3_600_000;
const NEXT_APP = appId('app_next');

/** A publisher with its stores, one application and an adjustable clock. */
const makePublisher = async () => {
  const messages = makeMemoryMessages();
  const tenants = makeMemoryTenants(SETTINGS);
  await tenants.create(application({ uid: 'acme' }));
  const clock = { now: NOON };
  const publisher = (
    seed: number,
    store: MessageStore = messages,
    step: Step = noSteps,
    more: { readonly rowRetentionDays?: number } = {},
  ) =>
    makePublish({
      ...more,
      tenants,
      applications: tenants,
      messages: store,
      readBody: async (message, nowMs) => (await messages.bodies([message], nowMs))[0] ?? null,
      ids: seededIds(seed),
      now: () => clock.now,
      step,
    });
  return { messages, tenants, clock, publisher, publish: publisher(1) };
};

/** The store with its calls completed in the order that the scheduler picks. */
const scheduled = (scheduler: fc.Scheduler, store: MessageStore): MessageStore =>
  new Proxy(store, {
    get: (_, name) => {
      const method = Reflect.get(store, name) as (...args: unknown[]) => Promise<unknown>;
      return scheduler.scheduleFunction(async (...args: unknown[]) => method(...args));
    },
  });

const accepted = (outcome: PublishOutcome): Message => {
  if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${outcome.kind}`);
  return outcome.message;
};

describe('publish', () => {
  it('stores the message with its time, its payload and the retention of its organization', async () => {
    const { publish, messages } = await makePublisher();
    const message = accepted(await publish(publishRequest({ application: 'acme', channels: ['a'] })));
    expect(await messages.get(ORG, APP, message.id)).toEqual(message);
    expect(message).toMatchObject({
      createdAt: NOON,
      payloadExpiresAt: NOON + SETTINGS.payloadRetentionDays * 24 * HOUR,
      channels: ['a'],
    });
    expect(await messages.bodies([message], NOON)).toEqual([publishRequest().body]);
  });

  it('stores the message for the row retention of the stage where its payload expires before', async () => {
    const { publisher, messages } = await makePublisher();
    const publish = publisher(1, messages, noSteps, { rowRetentionDays: 30 });
    const message = accepted(await publish(publishRequest({ retentionHours: 3 })));
    expect(message.retainUntil).toBe(NOON + 30 * 24 * HOUR);
  });

  it('accepts a shorter retention of the payload', async () => {
    const { publish } = await makePublisher();
    const message = accepted(await publish(publishRequest({ retentionHours: 3 })));
    expect(message.payloadExpiresAt).toBe(NOON + 3 * HOUR);
  });

  it('keeps the payload of a later delivery for its whole retention after deliverAt', async () => {
    const { publish } = await makePublisher();
    const deliverAt = NOON + 2 * HOUR;
    const message = accepted(await publish(publishRequest({ retentionHours: 1, deliverAt })));
    expect(message.payloadExpiresAt).toBe(deliverAt + HOUR);
  });

  it.each([
    ['51 endpoints that match', 51, {}, true],
    ['50 endpoints that match', 50, {}, undefined],
    ['200 endpoints that do not match', 200, { eventTypes: ['other'] }, undefined],
    ['200 disabled endpoints', 200, { disabled: true }, undefined],
  ] as const)('marks the message for the index of attempts by time: %s', async (_, count, some, indexed) => {
    const { publish, tenants } = await makePublisher();
    const ids = seededIds(7);
    for (let index = 0; index < count; index += 1)
      tenants.putEndpoint(endpoint({ ...some, id: ids.endpoint(NOON - 60_000), uid: null }));
    expect(accepted(await publish(publishRequest())).indexed).toBe(indexed);
  });

  it('refuses an application that does not exist', async () => {
    const { publish, messages } = await makePublisher();
    expect(await publish(publishRequest({ application: 'nope' }))).toEqual({
      kind: 'application-not-found',
    });
    expect(messages.all()).toEqual([]);
  });

  it('creates the application of the request once, even for concurrent duplicates', async () => {
    const { publisher, messages, tenants } = await makePublisher();
    const implicit = { uid: 'new', name: 'New', throttleRate: null, metadata: {} };
    const request = publishRequest({ application: 'new', implicit });
    await Promise.all([publisher(1)(request), publisher(2)(request)]);
    const created = await tenants.resolve(ORG, 'new');
    expect(messages.all().map(({ appId }) => appId)).toEqual(Array(2).fill(created?.application.id));
  });
});

describe('idempotency key of a publish', () => {
  it('returns the first message even for a different body', async () => {
    const { publish, messages } = await makePublisher();
    const first = await publish(publishRequest({ idempotency: 'k' }));
    const second = await publish(publishRequest({ idempotency: 'k', body: Buffer.from('{"other":1}') }));
    expect(second).toEqual({ ...first, replayed: { mismatch: false } });
    expect(messages.all()).toHaveLength(1);
  });

  it('marks repeats, and a mismatch when the body differs from the first', async () => {
    const { publish } = await makePublisher();
    const request = (requestDigest: string) => publishRequest({ idempotency: 'k', requestDigest });
    expect(await publish(request('a'))).not.toHaveProperty('replayed');
    expect(await publish(request('b'))).toMatchObject({ replayed: { mismatch: true } });
    expect(await publish(request('a'))).toMatchObject({ replayed: { mismatch: false } });
  });

  it('expires with its retention; another key makes another message', async () => {
    const { publish, clock, messages } = await makePublisher();
    await publish(publishRequest({ idempotency: 'k' }));
    await publish(publishRequest({ idempotency: 'other' }));
    clock.now += IDEMPOTENCY_SECONDS * 1000 + 1000;
    await publish(publishRequest({ idempotency: 'k' }));
    expect(messages.all()).toHaveLength(3);
  });

  it('makes one message of racing publishes, in every order of their calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, withEventId) => {
        const { messages, publisher } = await makePublisher();
        const store = scheduled(scheduler, messages);
        const request = (text: string): PublishRequest =>
          publishRequest({ idempotency: 'k', eventId: withEventId ? 'e' : null, body: Buffer.from(text) });
        const racing = [1, 2, 3].map((seed) => publisher(seed, store)(request(`{"n":${seed}}`)));
        const outcomes = await scheduler.waitFor(Promise.all(racing));
        expect(messages.all()).toHaveLength(1);
        for (const outcome of outcomes) expect(accepted(outcome)).toEqual(accepted(outcomes[0]!));
        expect(accepted(outcomes[0]!)).toEqual(messages.all()[0]);
      }),
    );
  });

  it('completes a publish that crashed between claim and write under the claimed id', async () => {
    const { publish, messages } = await makePublisher();
    const claimed = seededIds(9).message(NOON - 5000);
    await messages.claim('k', { appId: APP, messageId: claimed, requestDigest: null }, ORG, NOON - 5000);
    const message = accepted(await publish(publishRequest({ idempotency: 'k' })));
    expect(message.id).toBe(claimed);
    expect(message.createdAt).toBe(NOON - 5000);
  });

  it('returns the message after its application was deleted, without recreating the application', async () => {
    const { publish, tenants } = await makePublisher();
    const request = publishRequest({ application: 'acme', idempotency: 'k' });
    const first = accepted(await publish(request));
    tenants.removeApplication(ORG, APP);
    expect(accepted(await publish(request))).toEqual(first);
    const implicit = { uid: 'acme', name: 'Acme', throttleRate: null, metadata: {} };
    expect(accepted(await publish({ ...request, implicit }))).toEqual(first);
    expect(await tenants.resolve(ORG, 'acme')).toBeUndefined();
    expect(await publish({ ...request, idempotency: 'other' })).toEqual({ kind: 'application-not-found' });
  });

  it('returns the message without its payload after that has expired', async () => {
    const { publish, clock } = await makePublisher();
    const request = publishRequest({ idempotency: 'k', retentionHours: 1 });
    await publish(request);
    clock.now += HOUR;
    expect(await publish(request)).toMatchObject({ kind: 'accepted', body: null });
  });
});

describe('idempotency key used for a deleted and recreated application', () => {
  const request = publishRequest({ application: 'acme', idempotency: 'k' });

  /** The application is deleted after the first publish, and one with its uid is created. */
  const recreated = async () => {
    const publishing = await makePublisher();
    const first = accepted(await publishing.publish(request));
    publishing.tenants.removeApplication(ORG, APP);
    await publishing.tenants.create(application({ id: NEXT_APP, uid: 'acme' }));
    return { ...publishing, first };
  };

  it('makes a new message in the new application, which repeats return', async () => {
    const { publish, first, messages } = await recreated();
    const second = accepted(await publish(request));
    expect(second.appId).toBe(NEXT_APP);
    expect(second.id).not.toBe(first.id);
    expect(accepted(await publish(request))).toEqual(second);
    expect(messages.all()).toEqual([first, second]);
  });

  it('makes one new message of racing publishes, in every order of their calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { messages, publisher, first } = await recreated();
        const store = scheduled(scheduler, messages);
        const racing = [11, 12, 13].map((seed) => publisher(seed, store)(request));
        const outcomes = await scheduler.waitFor(Promise.all(racing));
        expect(messages.all()).toEqual([first, accepted(outcomes[0]!)]);
        for (const outcome of outcomes) expect(accepted(outcome)).toEqual(accepted(outcomes[0]!));
      }),
    );
  });

  it.each(['publish.claimed', 'publish.claim-replaced', 'publish.payload-stored', 'publish.stored'])(
    'makes one new message when a publish crashes after %s and is repeated',
    async (place) => {
      const { messages, tenants, publisher, publish, first } = await recreated();
      const crashing = publisher(11, messages, async (step) => {
        if (step === place) throw new Error('crash');
      });
      await expect(crashing(request)).rejects.toThrow('crash');
      const repeated = accepted(await publish(request));
      expect(accepted(await publish(request))).toEqual(repeated);
      expect(messages.all()).toEqual([first, repeated]);
      expect(repeated.appId).toBe((await tenants.resolve(ORG, 'acme'))?.application.id);
    },
  );

  it('keeps the newer claim when a publish read the application before it was replaced', async () => {
    const { messages, tenants, publisher, publish } = await makePublisher();
    const late = publisher(11, {
      ...messages,
      claim: async (...args) => {
        if (args[4] === undefined && (await tenants.resolve(ORG, 'acme'))?.application.id === APP) {
          tenants.removeApplication(ORG, APP);
          await tenants.create(application({ id: NEXT_APP, uid: 'acme' }));
          await publish(request);
        }
        return messages.claim(...args);
      },
    });
    const outcome = accepted(await late(request));
    expect(outcome.appId).toBe(NEXT_APP);
    expect(messages.all()).toEqual([outcome]);
  });

  it('answers a conflict that the client repeats when the claim keeps changing', async () => {
    const { messages, publisher } = await recreated();
    const contended = publisher(11, {
      ...messages,
      claim: async (_digest, mine) => ({ ...mine, appId: APP, messageId: seededIds(7).message(NOON) }),
    });
    expect(await contended(request)).toEqual({ kind: 'conflict' });
  });
});

describe('eventId of a publish', () => {
  it('is accepted once, with or without an idempotency key', async () => {
    const { publish, messages } = await makePublisher();
    await publish(publishRequest({ eventId: 'e', idempotency: 'k' }));
    expect(await publish(publishRequest({ eventId: 'e' }))).toEqual({ kind: 'conflict' });
    expect(await publish(publishRequest({ eventId: 'e', idempotency: 'other' }))).toEqual({
      kind: 'conflict',
    });
    expect(messages.all()).toHaveLength(1);
  });

  it('is no conflict for a repeat with the same idempotency key', async () => {
    const { publish } = await makePublisher();
    const request = publishRequest({ eventId: 'e', idempotency: 'k' });
    const first = await publish(request);
    expect(await publish(request)).toEqual({ ...first, replayed: { mismatch: false } });
  });
});
