import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import { LOCK_MS, LockLost } from '../../../functions/idempotency/run-once.flow.ts';
import type {
  Answer,
  IdempotencyLock,
  IdempotencyStore,
} from '../../../functions/idempotency/run-once.flow.ts';
import { controlKeys } from '../../../functions/platform/dynamodb/keys.ts';
import { getRow } from '../../../functions/platform/dynamodb/table.ts';
import { NOON, eventType, newApplication, newEndpoint } from '../../support/simulation/builders.ts';
import { ADAPTERS, idempotentTable } from './adapters.ts';
import type { Stores } from './adapters.ts';
import { freshOrg, loseAnswer } from './catalog.ts';
import { IDEMPOTENCY_SECONDS } from '../../../functions/platform/limits/retention.domain.ts';
import { SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';

const ANSWER: Answer = { status: 201, body: '{"key":"whsec_secret"}' };
const ANSWER_MS = IDEMPOTENCY_SECONDS * SECOND_MS;

const newLock = (changes: Partial<IdempotencyLock> = {}): IdempotencyLock => ({
  orgId: freshOrg(),
  digest: randomUUID(),
  requestDigest: 'body',
  holder: 'first',
  ...changes,
});
const duplicateOf = (lock: IdempotencyLock): IdempotencyLock => ({ ...lock, holder: 'second' });
const mine = { kind: 'mine' };
const held = { kind: 'held' };
const answered = { kind: 'answered', answer: ANSWER, requestDigest: 'body' };

describe.each(ADAPTERS)('idempotency store %s', (_, makeStores) => {
  let stores: Stores;
  let store: IdempotencyStore;
  beforeAll(async () => {
    stores = await makeStores();
    store = stores.idempotency;
  });

  describe('idempotency keys', () => {
    it('belong to their organization', async () => {
      const lock = newLock();
      expect(await store.start(lock, NOON)).toEqual(mine);
      expect(await store.start({ ...duplicateOf(lock), orgId: freshOrg() }, NOON)).toEqual(mine);
      expect(await store.start(duplicateOf(lock), NOON)).toEqual(held);
    });
  });

  describe('lock and answer', () => {
    it('gives the lock to one of fifty concurrent requests', async () => {
      const lock = newLock();
      const starts = Array.from({ length: 50 }, (_, index) =>
        store.start({ ...lock, holder: String(index) }, NOON),
      );
      const kinds = (await Promise.all(starts)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'mine')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'held')).toHaveLength(49);
    });

    it('returns a stored answer for twelve hours', async () => {
      const lock = newLock();
      await store.start(lock, NOON);
      await store.finish({ lock, answer: ANSWER, at: NOON });
      expect(await store.start(duplicateOf(lock), NOON + ANSWER_MS)).toEqual(answered);
      expect(await store.start(duplicateOf(lock), NOON + ANSWER_MS + 1000)).toEqual(mine);
    });

    it('stores the digest of the body that the answer belongs to', async () => {
      const lock = newLock({ requestDigest: 'first body' });
      const late = { ...duplicateOf(lock), requestDigest: 'second body' };
      await store.start(lock, NOON);
      expect(await store.start(late, NOON + LOCK_MS + 1)).toEqual(mine);
      await store.finish({ lock, answer: { status: 200, body: null }, at: NOON });
      await store.finish({ lock: late, answer: ANSWER, at: NOON });
      expect(await store.start(lock, NOON)).toEqual({ ...answered, requestDigest: 'second body' });
    });

    it('lets another run take the lock over five seconds after a run without an answer', async () => {
      const lock = newLock();
      await store.start(lock, NOON);
      expect(await store.start(duplicateOf(lock), NOON + LOCK_MS)).toEqual(held);
      expect(await store.start(duplicateOf(lock), NOON + LOCK_MS + 1)).toEqual(mine);
      await store.finish({ lock, answer: { status: 200, body: null }, at: NOON });
      await store.free(lock);
      expect(await store.start(lock, NOON + LOCK_MS + 2)).toEqual(held);
    });

    it('frees the lock after a failure, but never a stored answer', async () => {
      const lock = newLock();
      await store.start(lock, NOON);
      await store.free(lock);
      expect(await store.start(duplicateOf(lock), NOON)).toEqual(mine);
      await store.finish({ lock: duplicateOf(lock), answer: ANSWER, at: NOON });
      await store.free(duplicateOf(lock));
      expect(await store.start(lock, NOON)).toEqual(answered);
    });
  });

  describe('item created under an idempotency key', () => {
    const application = (lock: IdempotencyLock) =>
      newApplication({ orgId: lock.orgId, id: `app_${randomUUID()}` as never });
    const storedResponseOf = (lock: IdempotencyLock) => () => ({ lock, answer: ANSWER, at: NOON });
    const created = async (lock: IdempotencyLock, one: Application) =>
      stores.applications.create(one, storedResponseOf(lock));

    it('is written together with its answer', async () => {
      const lock = newLock();
      const one = application(lock);
      await store.start(lock, NOON);
      expect((await created(lock, one)).kind).toBe('written');
      expect(await store.start(duplicateOf(lock), NOON + LOCK_MS + 1)).toEqual(answered);
    });

    it('is not written by a run that lost its lock, even when the uid is already taken', async () => {
      const lock = newLock();
      await store.start(lock, NOON);
      await store.start(duplicateOf(lock), NOON + LOCK_MS + 1);
      await created(duplicateOf(lock), { ...application(lock), uid: 'acme' });
      const late = created(lock, { ...application(lock), uid: 'acme' });
      await expect(late).rejects.toThrow(LockLost);
      const page = { limit: 9, cursor: null, order: 'ascending' } as const;
      expect((await stores.applications.list(lock.orgId, page)).items).toHaveLength(1);
    });

    it('leaves no answer when it was refused', async () => {
      const lock = newLock();
      await stores.applications.create({ ...application(lock), uid: 'acme' });
      await store.start(lock, NOON);
      expect(await created(lock, { ...application(lock), uid: 'acme' })).toEqual({ kind: 'conflict' });
      await store.free(lock);
      expect(await store.start(lock, NOON)).toEqual(mine);
    });

    it('may be an endpoint or an event type', async () => {
      const [first, second] = [newLock(), newLock()];
      const app = application(first);
      await stores.applications.create(app);
      await store.start(first, NOON);
      await stores.endpoints.create(newEndpoint(app.id, { orgId: first.orgId }), storedResponseOf(first));
      await store.start(second, NOON);
      await stores.eventTypes.create(
        eventType('order.paid', { orgId: second.orgId }),
        storedResponseOf(second),
      );
      expect(await store.start(duplicateOf(first), NOON)).toEqual(answered);
      expect(await store.start(duplicateOf(second), NOON)).toEqual(answered);
    });
  });
});

describe('idempotency store on DynamoDB', () => {
  it('stores answers encrypted', async () => {
    const { catalog, idempotency: store } = await idempotentTable();
    const lock = newLock();
    await store.start(lock, NOON);
    await store.finish({ lock, answer: ANSWER, at: NOON });
    const { client, table } = catalog;
    const row = await getRow(client, { table, key: controlKeys.idempotency(lock.orgId, lock.digest) });
    expect(Buffer.from(row!['b'] as Uint8Array).toString('latin1')).not.toContain('whsec_');
  });

  it('keeps the lock of a run whose first write lost its answer', async () => {
    const { catalog, idempotency: flaky } = await idempotentTable();
    const lost = loseAnswer(catalog);
    expect(await flaky.start(newLock(), NOON)).toEqual(mine);
    expect(lost()).toBe(true);
  });
});
