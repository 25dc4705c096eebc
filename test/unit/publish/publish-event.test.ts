import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeOnce } from '../../../functions/platform/idempotency/once.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import { makePublishEvent } from '../../../functions/publish/publish-event.flow.ts';
import type {
  EventIds,
  EventOutcome,
  EventToPublish,
} from '../../../functions/publish/publish-event.flow.ts';
import { makePublish } from '../../../functions/publish/publish.flow.ts';
import type { AdmitPublish } from '../../../functions/publish/publish-limits/publish-limits.flow.ts';
import type { CheckPayloads } from '../../../functions/publish/schema-check/check-payload.flow.ts';
import {
  APP,
  NOON,
  ORG,
  SETTINGS,
  application,
  publishRequest,
  seededIds,
} from '../../support/simulation/builders.ts';
import { makeMemoryMessages } from '../../support/simulation/messages.ts';
import { makeMemoryTenants } from '../../support/simulation/tenants.ts';

const MINUTE = 60_000;

const eventOf = (some: Partial<EventToPublish> = {}): EventToPublish => ({
  ...publishRequest(),
  eventId: 'event-1',
  ...some,
});

interface Options {
  readonly eventIds?: EventIds;
  readonly step?: Step;
  readonly admit?: AdmitPublish;
  readonly checkPayloads?: CheckPayloads;
}

const makePublisher = async () => {
  const messages = makeMemoryMessages();
  const tenants = makeMemoryTenants(SETTINGS);
  await tenants.create(application({ uid: 'acme' }));
  const clock = { now: NOON };
  const common = { tenants, freshTenants: tenants, applications: tenants, messages, now: () => clock.now };
  const publisher = (seed: number, { eventIds = messages.eventIds, step = noSteps, ...more }: Options = {}) =>
    makePublishEvent({ ...common, ...more, eventIds, step, once: makeOnce(30_000), ids: seededIds(seed) });
  const api = makePublish({
    ...common,
    readBody: async () => Promise.resolve(null),
    ids: seededIds(99),
    step: noSteps,
  });
  return { messages, tenants, clock, publisher, publish: publisher(1), api };
};

const idOf = (outcome: EventOutcome) => ('message' in outcome ? outcome.message.id : outcome.kind);

describe('an event', () => {
  it('is published once; its repeats are duplicates of the same message', async () => {
    const { publish, messages } = await makePublisher();
    const first = await publish(eventOf());
    expect(first).toMatchObject({ kind: 'accepted', message: { appId: APP } });
    expect(await publish(eventOf({ body: Buffer.from('{"other":1}') }))).toEqual({
      ...first,
      kind: 'duplicate',
    });
    expect(messages.all().map(({ id, eventId, createdAt }) => [id, eventId, createdAt])).toEqual([
      [idOf(first), 'event-1', NOON],
    ]);
  });

  it('of one id is published to each application that it is for', async () => {
    const { publish, messages, tenants } = await makePublisher();
    await tenants.create(application({ id: 'app_other' as typeof APP, uid: 'other' }));
    for (const name of ['acme', 'other'])
      expect(await publish(eventOf({ application: name }))).toMatchObject({ kind: 'accepted' });
    expect(messages.all()).toHaveLength(2);
  });

  it('is published once by racing functions, in every order of their calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { messages, publisher } = await makePublisher();
        const eventIds: EventIds = {
          reserve: scheduler.scheduleFunction((...args: Parameters<EventIds['reserve']>) =>
            messages.eventIds.reserve(...args),
          ),
          store: scheduler.scheduleFunction((...args: Parameters<EventIds['store']>) =>
            messages.eventIds.store(...args),
          ),
        };
        const racing = [1, 2, 3].map((seed) => publisher(seed, { eventIds })(eventOf()));
        const outcomes = await scheduler.waitFor(Promise.all(racing));
        expect(messages.all()).toHaveLength(1);
        expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
        expect(outcomes.map(idOf)).toEqual(Array(3).fill(messages.all()[0]?.id));
      }),
    );
  });

  it.each(['publish.event-id-reserved', 'publish.payload-stored', 'publish.stored'])(
    'makes one message when a function crashes at %s and the record is received again',
    async (place) => {
      const { messages, publisher, publish, clock } = await makePublisher();
      const crashing = publisher(11, {
        step: async (step) => {
          if (step === place) throw new Error('crash');
        },
      });
      await expect(crashing(eventOf())).rejects.toThrow('crash');
      clock.now += 3 * MINUTE;
      const again = await publish(eventOf());
      expect(again.kind).toBe(place === 'publish.stored' ? 'duplicate' : 'accepted');
      expect(messages.all().map(({ id, createdAt }) => [id, createdAt])).toEqual([[idOf(again), NOON]]);
      expect(await publish(eventOf())).toEqual({ ...again, kind: 'duplicate' });
    },
  );

  it('of a function that crashed long ago becomes a new message, whose retention begins now', async () => {
    const { messages, publisher, publish, clock } = await makePublisher();
    const crashing = publisher(11, { step: () => Promise.reject(new Error('crash')) });
    await expect(crashing(eventOf())).rejects.toThrow('crash');
    clock.now += 12 * 24 * 60 * MINUTE;
    expect(await publish(eventOf())).toMatchObject({ kind: 'accepted' });
    expect(messages.all().map(({ createdAt }) => createdAt)).toEqual([clock.now]);
    expect(await publish(eventOf())).toMatchObject({ kind: 'duplicate' });
  });

  it('is a duplicate of a message that the API published with its event id, and the other way round', async () => {
    const { publish, api, messages } = await makePublisher();
    const byApi = await api(publishRequest({ eventId: 'event-1' }));
    expect(await publish(eventOf())).toMatchObject({
      kind: 'duplicate',
      message: byApi.kind === 'accepted' ? { id: byApi.message.id } : {},
    });
    await publish(eventOf({ eventId: 'event-2' }));
    expect(await api(publishRequest({ eventId: 'event-2' }))).toEqual({ kind: 'conflict' });
    expect(messages.all()).toHaveLength(2);
  });

  it('of a function that crashed before its message is ahead of the API, until its writer is gone', async () => {
    const { messages, publisher, publish, api, clock } = await makePublisher();
    const crashing = publisher(11, { step: () => Promise.reject(new Error('crash')) });
    await expect(crashing(eventOf())).rejects.toThrow('crash');
    expect(await api(publishRequest({ eventId: 'event-1' }))).toEqual({ kind: 'conflict', isAhead: true });
    clock.now += 16 * MINUTE;
    expect(await api(publishRequest({ eventId: 'event-1' }))).toMatchObject({ kind: 'accepted' });
    expect(await publish(eventOf())).toMatchObject({ kind: 'duplicate' });
    expect(messages.all()).toHaveLength(1);
  });

  it('that exceeds a rate limit writes nothing', async () => {
    const { publisher, messages, publish } = await makePublisher();
    const limited = publisher(2, {
      admit: async () => Promise.resolve({ kind: 'limited', limits: [], retryAfterSeconds: 3 }),
    });
    expect(await limited(eventOf())).toEqual({ kind: 'limited', retryAfterSeconds: 3 });
    expect(messages.all()).toEqual([]);
    expect(await publish(eventOf())).toMatchObject({ kind: 'accepted' });
  });

  it('whose payload violates its schema writes nothing where the organization refuses it', async () => {
    const { publisher, messages } = await makePublisher();
    const violations = [{ path: ['n'], message: 'must be number' }];
    const check =
      (refused: boolean): CheckPayloads =>
      () =>
      async () =>
        Promise.resolve({ refused, violations });
    const refusing = publisher(2, { checkPayloads: check(true) });
    expect(await refusing(eventOf())).toEqual({ kind: 'schema-violation', violations });
    expect(messages.all()).toEqual([]);
    const warning = publisher(2, { checkPayloads: check(false) });
    expect(await warning(eventOf())).toMatchObject({ kind: 'accepted' });
  });

  it('creates the application that it describes, and none otherwise', async () => {
    const { publish, messages, tenants } = await makePublisher();
    expect(await publish(eventOf({ application: 'new' }))).toEqual({ kind: 'application-not-found' });
    const implicit = { uid: 'new', name: 'New', throttleRate: null, metadata: {} };
    expect(await publish(eventOf({ application: 'new', implicit }))).toMatchObject({ kind: 'accepted' });
    const created = await tenants.resolve(ORG, 'new');
    expect(messages.all().map(({ appId }) => appId)).toEqual([created?.application.id]);
  });

  it('whose write fails is published under the same id by the next try', async () => {
    const { publisher, messages, publish } = await makePublisher();
    const store = async () => Promise.reject(new Error('throttled'));
    const failing = publisher(3, { eventIds: { ...messages.eventIds, store } });
    await expect(failing(eventOf())).rejects.toThrow('throttled');
    const outcome = await publish(eventOf());
    expect(outcome.kind).toBe('accepted');
    expect(messages.all().map(({ id }) => id)).toEqual([idOf(outcome)]);
  });
});
