import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followingMessageId } from '../../../functions/platform/ids/ids.domain.ts';
import { appId } from '../../../functions/platform/ids/brand.domain.ts';
import { MOST_BATCH_MESSAGES } from '../../../functions/platform/limits/requests.domain.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import type { Step } from '../../../functions/platform/steps/steps.ts';
import { joinItemDigests } from '../../../functions/publish/item-digests.domain.ts';
import type {
  BatchItemOutcome,
  BatchOutcome,
  BatchRequest,
  MessageContent,
  MessageReader,
  MessageStore,
} from '../../../functions/publish/messages.port.ts';
import { makePublishBatch } from '../../../functions/publish/publish-batch.flow.ts';
import { makePublish } from '../../../functions/publish/publish.flow.ts';
import type { Admitted } from '../../../functions/publish/publish-limits/publish-limits.flow.ts';
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

type Store = MessageStore & Pick<MessageReader, 'findMany'>;

interface Options {
  readonly store?: Store;
  readonly step?: Step;
  readonly admit?: () => Promise<Admitted>;
}

const makePublisher = async () => {
  const messages = makeMemoryMessages();
  const tenants = makeMemoryTenants(SETTINGS);
  await tenants.create(application({ uid: 'acme' }));
  const clock = { now: NOON };
  const publisher = (seed: number, { store = messages, step = noSteps, admit }: Options = {}) =>
    makePublishBatch({
      ...{ tenants, applications: tenants, messages: store, step },
      ...(admit !== undefined && { admit }),
      ids: seededIds(seed),
      now: () => clock.now,
    });
  return { messages, tenants, clock, publisher, ...publisher(1) };
};

const item = (text: string, some: Partial<MessageContent> = {}): MessageContent => {
  const { eventType, eventId, channels, tags, contentType, retentionHours, deliverAt, onlyEndpoint } =
    publishRequest();
  const plain = { eventType, eventId, channels, tags, contentType, retentionHours, deliverAt, onlyEndpoint };
  return { ...plain, body: Buffer.from(JSON.stringify({ text })), ...some };
};

const digestOf = (content: MessageContent | null): string =>
  content === null ? 'xxxxxx' : Buffer.from(content.body).toString('hex').slice(18, 24).padEnd(6, '-');

const batch = (
  items: readonly (MessageContent | null)[],
  some: Partial<BatchRequest> = {},
): BatchRequest => ({
  ...{ orgId: ORG, application: 'acme', implicit: null, idempotency: 'k', token: null, items },
  requestDigest: joinItemDigests(items.map(digestOf)),
  ...some,
});

const outcomes = (outcome: BatchOutcome): readonly BatchItemOutcome[] => {
  if (outcome.kind !== 'answered') throw new Error(`not answered: ${outcome.kind}`);
  return outcome.items;
};
const kinds = (outcome: BatchOutcome) => outcomes(outcome).map(({ kind }) => kind);
const idsIn = (outcome: BatchOutcome) =>
  outcomes(outcome).map((one) => ('message' in one ? one.message.id : undefined));

const abc = ['a', 'b', 'c'].map((text) => item(text));

/** Admits this many messages, then no other. */
const admitting = (count: number) => {
  let left = count;
  return async (): Promise<Admitted> => {
    left -= 1;
    const limits = [{ name: 'application', rate: 1, remaining: Math.max(left, 0) }] as const;
    return left >= 0 ? { kind: 'admitted', limits } : { kind: 'limited', limits, retryAfterSeconds: 2 };
  };
};

describe('publish batch', () => {
  it('stores every message in order, under ids in a row, with one claim and one read of the application', async () => {
    const { messages, tenants, publisher } = await makePublisher();
    const calls: string[] = [];
    const counted = <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get: (target, name) => {
          const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
          return (...args: unknown[]) => {
            calls.push(String(name));
            return method(...args);
          };
        },
      });
    const resolve = tenants.resolve.bind(tenants);
    tenants.resolve = (...args) => {
      calls.push('resolve');
      return resolve(...args);
    };
    const outcome = await publisher(1, { store: counted(messages) }).publish(batch(abc));
    const ids = idsIn(outcome);
    expect(kinds(outcome)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(ids).toEqual([0, 1, 2].map((place) => followingMessageId(ids[0]!, place)));
    expect(messages.all().map(({ id }) => id)).toEqual(ids);
    expect(await messages.bodies(messages.all(), NOON)).toEqual(abc.map(({ body }) => body));
    expect(calls.filter((name) => name === 'resolve' || name === 'claim' || name === 'findMany')).toEqual([
      'resolve',
      'claim',
    ]);
    expect(calls.filter((name) => name === 'store')).toHaveLength(3);
  });

  it('claims nothing without an idempotency key', async () => {
    const { messages, publish } = await makePublisher();
    const request = batch(abc, { idempotency: null, requestDigest: null });
    await publish(request);
    await publish(request);
    expect(new Set(messages.all().map(({ id }) => id)).size).toBe(6);
  });

  it('makes ids that no other message of the process gets in the same tick, even for a repeat with more items', async () => {
    const { messages, tenants, publish } = await makePublisher();
    const ids = seededIds(1);
    const deps = { tenants, applications: tenants, messages, ids, now: () => NOON, step: noSteps };
    const { publish: first } = makePublishBatch(deps);
    await first(batch(abc.slice(0, 1)));
    await makePublish({ ...deps, readBody: async () => null })(publishRequest({ application: 'acme' }));
    expect(kinds(await publish(batch(abc)))).toEqual(['replayed', 'accepted', 'accepted']);
    expect(messages.all()).toHaveLength(4);
  });

  it('keeps the place of an item that was refused by its content', async () => {
    const { publish } = await makePublisher();
    const first = await publish(batch([abc[0]!, null, abc[2]!]));
    expect(kinds(first)).toEqual(['accepted', 'refused', 'accepted']);
    const repaired = await publish(batch(abc));
    expect(kinds(repaired)).toEqual(['replayed', 'accepted', 'replayed']);
    expect([idsIn(repaired)[0], idsIn(repaired)[2]]).toEqual([idsIn(first)[0], idsIn(first)[2]]);
  });

  it('writes nothing under the key of a batch without a valid item', async () => {
    const { messages, publish } = await makePublisher();
    expect(kinds(await publish(batch([null, null])))).toEqual(['refused', 'refused']);
    expect(await messages.claimed('k', ORG, NOON)).toBeUndefined();
  });

  it('accepts the first of the items with one eventId, and reports the others as conflicts', async () => {
    const { publish } = await makePublisher();
    const items = ['a', 'b', 'c', 'd'].map((text, index) => item(text, { eventId: index === 3 ? 'f' : 'e' }));
    const expected = ['accepted', 'conflict', 'conflict', 'accepted'];
    expect(kinds(await publish(batch(items)))).toEqual(expected);
    expect(kinds(await publish(batch(items)))).toEqual(['replayed', 'conflict', 'conflict', 'replayed']);
    expect(kinds(await publish(batch(items.slice(0, 1), { idempotency: 'other' })))).toEqual(['conflict']);
  });

  it('fails one item alone when its write fails, and a repeat writes it', async () => {
    const { messages, publisher, publish } = await makePublisher();
    const failing: Store = {
      ...messages,
      storePayload: async (org, id, body) => {
        if (Buffer.from(body).includes('b')) throw new Error('throttled');
        return messages.storePayload(org, id, body);
      },
    };
    expect(kinds(await publisher(2, { store: failing }).publish(batch(abc)))).toEqual([
      'accepted',
      'failed',
      'accepted',
    ]);
    expect(kinds(await publish(batch(abc)))).toEqual(['replayed', 'accepted', 'replayed']);
    expect(messages.all()).toHaveLength(3);
  });

  it('fails the request when every write fails', async () => {
    const { messages, publisher } = await makePublisher();
    const store: Store = { ...messages, store: () => Promise.reject(new Error('down')) };
    await expect(publisher(2, { store }).publish(batch(abc))).rejects.toThrow('down');
  });

  it('fails items that are not started in time, and a repeat writes them', async () => {
    const { messages, clock, publisher, publish } = await makePublisher();
    const items = Array.from({ length: 60 }, (_, index) => item(String(index)));
    const slow: Store = {
      ...messages,
      store: async (message, nowMs) => {
        clock.now = NOON + 11_000;
        return messages.store(message, nowMs);
      },
    };
    const outcome = kinds(await publisher(2, { store: slow }).publish(batch(items)));
    expect(outcome.filter((kind) => kind === 'accepted')).toHaveLength(25);
    expect(outcome.filter((kind) => kind === 'failed')).toHaveLength(35);
    await publish(batch(items));
    expect(messages.all()).toHaveLength(60);
  });
});

describe('rate limit of a batch', () => {
  it('admits as many messages as it has permits for, in order, and repeats make progress', async () => {
    const { messages, publisher } = await makePublisher();
    const first = await publisher(1, { admit: admitting(2) }).publish(batch(abc));
    expect(outcomes(first)).toMatchObject([
      { kind: 'accepted' },
      { kind: 'accepted' },
      { kind: 'limited', retryAfterSeconds: 2 },
    ]);
    expect(first).toMatchObject({ limits: [{ name: 'application', remaining: 0 }] });
    const second = await publisher(2, { admit: admitting(1) }).publish(batch(abc));
    expect(kinds(second)).toEqual(['replayed', 'replayed', 'accepted']);
    expect(messages.all()).toHaveLength(3);
  });

  it('refuses the request and writes nothing when it admits none', async () => {
    const { messages, publisher } = await makePublisher();
    expect(await publisher(1, { admit: admitting(0) }).publish(batch(abc))).toMatchObject({
      kind: 'limited',
      retryAfterSeconds: 2,
    });
    expect(await messages.claimed('k', ORG, NOON)).toBeUndefined();
  });

  it('that admits none still returns what an earlier request accepted', async () => {
    const { publish, publisher } = await makePublisher();
    await publish(batch([abc[0]!, null, null]));
    const repeat = await publisher(2, { admit: admitting(0) }).publish(batch([abc[0]!, abc[1]!, null]));
    expect(kinds(repeat)).toEqual(['replayed', 'limited', 'refused']);
  });
});

describe('idempotency key of a batch', () => {
  it('returns the first message of an item that differs now, marked as a mismatch', async () => {
    const { messages, publish } = await makePublisher();
    const first = await publish(batch(abc));
    const repeat = await publish(batch([abc[0]!, item('z'), abc[2]!]));
    expect(idsIn(repeat)).toEqual(idsIn(first));
    expect(outcomes(repeat)).toMatchObject([{ mismatch: false }, { mismatch: true }, { mismatch: false }]);
    expect(messages.all()).toHaveLength(3);
  });

  it('returns the messages after their application was deleted, and writes none that is missing', async () => {
    const { messages, tenants, publish } = await makePublisher();
    const first = await publish(batch([abc[0]!, null]));
    tenants.removeApplication(ORG, APP);
    const repeat = await publish(batch([abc[0]!, abc[1]!]));
    expect(kinds(repeat)).toEqual(['replayed', 'application-not-found']);
    expect(idsIn(repeat)[0]).toBe(idsIn(first)[0]);
    expect(await publish(batch(abc, { idempotency: 'other' }))).toEqual({ kind: 'application-not-found' });
    expect(messages.all()).toHaveLength(1);
  });

  it('publishes again to an application that was created under the uid of a deleted one', async () => {
    const { messages, tenants, publish } = await makePublisher();
    await publish(batch(abc));
    tenants.removeApplication(ORG, APP);
    await tenants.create(application({ id: appId('app_next'), uid: 'acme' }));
    expect(kinds(await publish(batch(abc)))).toEqual(['accepted', 'accepted', 'accepted']);
    expect(kinds(await publish(batch(abc)))).toEqual(['replayed', 'replayed', 'replayed']);
    expect(messages.all()).toHaveLength(6);
  });

  it('creates the application of an item once, for racing duplicates too', async () => {
    const { messages, tenants, publisher } = await makePublisher();
    const implicit = { uid: 'new', name: 'New', throttleRate: null, metadata: {} };
    const request = batch(abc, { application: 'new', implicit });
    await Promise.all([1, 2].map((seed) => publisher(seed).publish(request)));
    const created = await tenants.resolve(ORG, 'new');
    expect(messages.all().map((one) => one.appId)).toEqual(Array(3).fill(created?.application.id));
  });

  it.each(
    ['publish.claimed', 'publish.payload-stored', 'publish.stored'].flatMap((place) =>
      [1, 2, 3].map((nth) => [place, nth] as const),
    ),
  )(
    'doubles no message when the function crashes at %s the %i. time, and a repeat writes what is missing',
    async (place, nth) => {
      for (const idempotent of [abc, abc.map((one, index) => ({ ...one, eventId: `e${index}` }))]) {
        const { messages, publisher, publish } = await makePublisher();
        let reached = 0;
        let crashed = false;
        const never = new Promise<void>(() => undefined);
        const step: Step = async (name) => {
          if (name === place) reached += 1;
          if (crashed || (name === place && reached === nth)) {
            crashed = true;
            return never; // the process is gone: nothing of this request goes on
          }
        };
        void publisher(2, { step }).publish(batch(idempotent));
        await new Promise((resolve) => void setTimeout(resolve, 5));
        expect(crashed).toBe(place !== 'publish.claimed' || nth === 1);
        const before = messages.all().map(({ id }) => id);
        const repeat = await publish(batch(idempotent));
        expect(kinds(repeat).every((kind) => kind === 'accepted' || kind === 'replayed')).toBe(true);
        expect(kinds(repeat).filter((kind) => kind === 'replayed')).toHaveLength(before.length);
        expect(messages.all()).toHaveLength(3);
        expect(await messages.bodies(messages.all(), NOON)).toEqual(
          expect.arrayContaining(abc.map(({ body }) => body)),
        );
        expect(idsIn(await publish(batch(idempotent)))).toEqual(idsIn(repeat));
      }
    },
  );

  it('makes one message of each item of racing batches, in every order of their calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, withEventIds) => {
        const { messages, publisher } = await makePublisher();
        const store = new Proxy(messages, {
          get: (target, name) => {
            const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
            return scheduler.scheduleFunction(async (...args: unknown[]) => method(...args));
          },
        });
        const items = abc.map((one, index) => (withEventIds ? { ...one, eventId: `e${index}` } : one));
        const racing = [1, 2, 3].map((seed) => publisher(seed, { store }).publish(batch(items)));
        const answers = await scheduler.waitFor(Promise.all(racing));
        expect(messages.all()).toHaveLength(3);
        for (const answer of answers) expect(idsIn(answer)).toEqual(idsIn(answers[0]!));
      }),
      { numRuns: 50 },
    );
  });
});

it('the claim of the largest batch is smaller than a write unit', () => {
  const claim = {
    pk: `org#${ORG}#idem#${'d'.repeat(43)}`,
    ...{ sk: 'idem', v: 1, a: APP, m: seededIds().message(NOON), ttl: 1_800_000_000 },
    d: joinItemDigests(Array(MOST_BATCH_MESSAGES).fill('d'.repeat(43))),
  };
  expect(JSON.stringify(claim).length).toBeLessThan(1_024);
});
