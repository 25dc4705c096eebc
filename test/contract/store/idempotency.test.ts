import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import { HoldLost } from '../../../functions/idempotency/run-once.flow.ts';
import type { Answer, Hold, IdempotencyStore } from '../../../functions/idempotency/run-once.flow.ts';
import { makeSeal } from '../../../functions/platform/secrets/seal.ts';
import type { Catalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeIdempotency, makeReceiptWrite } from '../../../functions/idempotency/idempotency.dynamo.ts';
import { controlKeys } from '../../../functions/platform/dynamodb/keys.ts';
import { getRow } from '../../../functions/platform/dynamodb/table.ts';
import {
  NOW,
  anApplication,
  anEndpoint,
  anEventType,
  freshOrg,
  freshTable,
  loseAnswer,
  storesOf,
} from './catalog.ts';

const ANSWER: Answer = { status: 201, body: '{"key":"whsec_secret"}' };
const HOLD_MS = 5_000;
const ANSWER_MS = 12 * 3_600_000;

let catalog: Catalog;
let store: IdempotencyStore;
let stores: ReturnType<typeof storesOf>;

beforeAll(async () => {
  const { client, ...rest } = await freshTable();
  const options = { client, table: rest.table, seal: makeSeal(['main'], 'answer') };
  catalog = { ...rest, client, receiptWrite: makeReceiptWrite(options) };
  store = makeIdempotency(options);
  stores = storesOf(catalog);
});

const newHold = (changes: Partial<Hold> = {}): Hold => ({
  orgId: freshOrg(),
  digest: randomUUID(),
  requestDigest: 'body',
  holder: 'first',
  ...changes,
});
const twinOf = (hold: Hold): Hold => ({ ...hold, holder: 'second' });
const mine = { kind: 'mine' };
const held = { kind: 'held' };
const answered = { kind: 'answered', answer: ANSWER, requestDigest: 'body' };

describe('an idempotency key', () => {
  it('has one holder of fifty at once', async () => {
    const hold = newHold();
    const starts = Array.from({ length: 50 }, (_, index) =>
      store.start({ ...hold, holder: String(index) }, NOW),
    );
    const kinds = (await Promise.all(starts)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'mine')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'held')).toHaveLength(49);
  });

  it('keeps an answer for twelve hours', async () => {
    const hold = newHold();
    await store.start(hold, NOW);
    await store.finish({ hold, answer: ANSWER, at: NOW });
    expect(await store.start(twinOf(hold), NOW + ANSWER_MS)).toEqual(answered);
    expect(await store.start(twinOf(hold), NOW + ANSWER_MS + 1000)).toEqual(mine);
  });

  it('keeps the digest of the body that its answer belongs to', async () => {
    const hold = newHold({ requestDigest: 'first body' });
    const late = { ...twinOf(hold), requestDigest: 'second body' };
    await store.start(hold, NOW);
    expect(await store.start(late, NOW + HOLD_MS + 1)).toEqual(mine);
    await store.finish({ hold, answer: { status: 200, body: null }, at: NOW });
    await store.finish({ hold: late, answer: ANSWER, at: NOW });
    expect(await store.start(hold, NOW)).toEqual({ ...answered, requestDigest: 'second body' });
  });

  it('keeps no answer readable', async () => {
    const hold = newHold();
    await store.start(hold, NOW);
    await store.finish({ hold, answer: ANSWER, at: NOW });
    const { client, table } = catalog;
    const row = await getRow(client, { table, key: controlKeys.idempotency(hold.orgId, hold.digest) });
    expect(Buffer.from(row!['b'] as Uint8Array).toString('latin1')).not.toContain('whsec_');
  });

  it('can be taken over five seconds after a run that left no answer', async () => {
    const hold = newHold();
    await store.start(hold, NOW);
    expect(await store.start(twinOf(hold), NOW + HOLD_MS)).toEqual(held);
    expect(await store.start(twinOf(hold), NOW + HOLD_MS + 1)).toEqual(mine);
    await store.finish({ hold, answer: { status: 200, body: null }, at: NOW });
    await store.free(hold);
    expect(await store.start(hold, NOW + HOLD_MS + 2)).toEqual(held);
  });

  it('is free at once after a failure, but never once it has an answer', async () => {
    const hold = newHold();
    await store.start(hold, NOW);
    await store.free(hold);
    expect(await store.start(twinOf(hold), NOW)).toEqual(mine);
    await store.finish({ hold: twinOf(hold), answer: ANSWER, at: NOW });
    await store.free(twinOf(hold));
    expect(await store.start(hold, NOW)).toEqual(answered);
  });

  it('is still held by a run whose first write lost its answer on the way', async () => {
    const { client, table } = await freshTable();
    const flaky = makeIdempotency({ client, table, seal: makeSeal(['main'], 'answer') });
    const lost = loseAnswer({ client });
    expect(await flaky.start(newHold(), NOW)).toEqual(mine);
    expect(lost()).toBe(true);
  });
});

describe('what is created under a key', () => {
  const application = (hold: Hold) =>
    anApplication({ orgId: hold.orgId, id: `app_${randomUUID()}` as never });
  const receiptOf = (hold: Hold) => () => ({ hold, answer: ANSWER, at: NOW });
  const created = async (hold: Hold, one: Application) => stores.applications.create(one, receiptOf(hold));

  it('is there together with its answer', async () => {
    const hold = newHold();
    const one = application(hold);
    await store.start(hold, NOW);
    expect((await created(hold, one)).kind).toBe('written');
    expect(await store.start(twinOf(hold), NOW + HOLD_MS + 1)).toEqual(answered);
  });

  it('is not made by a run that lost its key, not even where its uid is taken by then', async () => {
    const hold = newHold();
    await store.start(hold, NOW);
    await store.start(twinOf(hold), NOW + HOLD_MS + 1);
    await created(twinOf(hold), { ...application(hold), uid: 'acme' });
    const late = created(hold, { ...application(hold), uid: 'acme' });
    await expect(late).rejects.toThrow(HoldLost);
    const page = { limit: 9, cursor: null, order: 'ascending' } as const;
    expect((await stores.applications.list(hold.orgId, page)).items).toHaveLength(1);
  });

  it('leaves no answer where it was refused', async () => {
    const hold = newHold();
    await stores.applications.create({ ...application(hold), uid: 'acme' });
    await store.start(hold, NOW);
    expect(await created(hold, { ...application(hold), uid: 'acme' })).toEqual({ kind: 'conflict' });
    await store.free(hold);
    expect(await store.start(hold, NOW)).toEqual(mine);
  });

  it('may be an endpoint or an event type too', async () => {
    const [first, second] = [newHold(), newHold()];
    const app = application(first);
    await stores.applications.create(app);
    await store.start(first, NOW);
    await stores.endpoints.create(anEndpoint(app.id, { orgId: first.orgId }), receiptOf(first));
    await store.start(second, NOW);
    await stores.eventTypes.create(anEventType('order.paid', { orgId: second.orgId }), receiptOf(second));
    expect(await store.start(twinOf(first), NOW)).toEqual(answered);
    expect(await store.start(twinOf(second), NOW)).toEqual(answered);
  });
});
