import { beforeAll, expect, it } from 'vitest';
import { freshTenant } from '../../support/api.ts';
import type { Answer, Tenant } from '../../support/api.ts';

/**
 * Fifty requests at once, of which the local proxy sends on ten at a time: one creates the object, and each request gets the
 * answer of the contract.
 */
const DUPLICATES = 50;
let tenant: Tenant;

beforeAll(async () => {
  tenant = await freshTenant();
  await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
});

const atOnce = (send: (index: number) => Promise<Answer>): Promise<readonly Answer[]> =>
  Promise.all(Array.from({ length: DUPLICATES }, (_, index) => send(index)));

/** How often each status was answered. */
const statuses = (answers: readonly Answer[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
const distinct = (answers: readonly Answer[]) => [...new Set(answers.map(({ text }) => text))];

it('fifty concurrent creates of one application uid make one application; the others get 409', async () => {
  const answers = await atOnce((index) => tenant.send('POST', '/app', { name: String(index), uid: 'uid' }));
  expect(statuses(answers)).toEqual({ 201: 1, 409: DUPLICATES - 1 });
  const winner = answers.find(({ status }) => status === 201);
  expect(await tenant.ask('GET', '/app/uid')).toEqual(winner?.json);
});

it('fifty concurrent creates of one application uid with get_if_exists all return the same application', async () => {
  const answers = await atOnce((index) =>
    tenant.send('POST', '/app?get_if_exists=true', { name: String(index), uid: 'shared' }),
  );
  expect(statuses(answers)).toEqual({ 200: DUPLICATES - 1, 201: 1 });
  expect(distinct(answers)).toHaveLength(1);
});

it('fifty concurrent creates of one endpoint uid make one endpoint; the others get 409', async () => {
  const answers = await atOnce(() =>
    tenant.send('POST', '/app/acme/endpoint', { url: 'https://example.com', uid: 'ep' }),
  );
  expect(statuses(answers)).toEqual({ 201: 1, 409: DUPLICATES - 1 });
  expect((await tenant.ask('GET', '/app/acme/endpoint'))['data']).toHaveLength(1);
});

it('fifty concurrent creates of one event type make one event type; the others get 409', async () => {
  const answers = await atOnce((index) =>
    tenant.send('POST', '/event-type', { name: 'type', description: String(index) }),
  );
  expect(statuses(answers)).toEqual({ 201: 1, 409: DUPLICATES - 1 });
});

it('fifty concurrent publishes with one eventId make one message; the others get 409', async () => {
  const answers = await atOnce((index) =>
    tenant.send('POST', '/app/acme/msg', { eventType: 'a', eventId: 'evt', payload: { index } }),
  );
  expect(statuses(answers)).toEqual({ 202: 1, 409: DUPLICATES - 1 });
  expect(await tenant.ask('GET', '/app/acme/msg/evt')).toEqual(
    answers.find(({ status }) => status === 202)?.json,
  );
});

it.each([
  ['applications', '/app', { name: 'x' }],
  ['endpoints', '/app/acme/endpoint', { url: 'https://example.com' }],
  ['messages', '/app/acme/msg', { eventType: 'a', payload: {} }],
])(
  'fifty concurrent creates of %s with one idempotency key make one; all get its response',
  async (_name, path, body) => {
    const answers = await atOnce(() => tenant.send('POST', path, body, { 'idempotency-key': 'fifty' }));
    expect(Object.keys(statuses(answers))).toEqual([path.endsWith('msg') ? '202' : '201']);
    expect(distinct(answers)).toHaveLength(1);
  },
);

it('fifty concurrent publishes that create one application implicitly make one application; all get 202', async () => {
  const application = { name: 'Implicit', uid: 'implicit' };
  const answers = await atOnce(() =>
    tenant.send('POST', '/app/implicit/msg', { eventType: 'a', payload: {}, application }),
  );
  expect(statuses(answers)).toEqual({ 202: DUPLICATES });
  const { data } = await tenant.ask('GET', '/app/implicit/msg');
  expect(data).toHaveLength(DUPLICATES);
});
