import { beforeAll, expect, it } from 'vitest';
import { freshTenant } from '../../support/api.ts';
import type { Answer, Tenant } from '../../support/api.ts';
import { bodyOf, hookUrl, receiver, webhooks } from '../../support/receiver.ts';

let tenant: Tenant;

beforeAll(async () => {
  tenant = await freshTenant();
  await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
  await tenant.ask('POST', '/app/acme/endpoint', { url: hookUrl('/batch') });
});

const publish = (data: readonly object[], key?: string): Promise<Answer> =>
  tenant.send('POST', '/app/acme/msg/batch', { data }, key === undefined ? {} : { 'idempotency-key': key });
const ids = ({ json }: Answer): string[] => {
  const data: { id: string }[] = json.data;
  return data.map(({ id }) => id);
};

it('POST /msg/batch: a client that repeats a batch, concurrently and later, publishes each message once', async () => {
  const data = Array.from({ length: 30 }, (_, n) => ({ eventType: 'batch.n', payload: { n } }));
  const racing = await Promise.all([publish(data, 'k'), publish(data, 'k'), publish(data, 'k')]);
  const later = await publish(data, 'k');
  for (const answer of [...racing, later]) {
    expect(answer.status).toBe(202);
    expect(ids(answer)).toEqual(ids(later));
  }
  expect(later.headers.get('idempotency-replayed')).toBe('true');
  expect(new Set(ids(later)).size).toBe(30);
  for (const id of ids(later)) await webhooks({ id });
  const received = await receiver().received({ path: '/batch' });
  expect(received.map((one) => JSON.parse(bodyOf(one)).n as number).toSorted((a, b) => a - b)).toEqual(
    data.map(({ payload }) => payload.n),
  );
});

it('POST /msg/batch: every message gets what POST /msg answers for it', async () => {
  const answer = await publish([
    { eventType: 'batch.mixed', eventId: 'once', payload: { n: 1 } },
    { eventType: 'batch.mixed', eventId: 'once', payload: { n: 2 } },
    { eventType: 'no name!', payload: {} },
    { eventType: 'batch.mixed', payload: { text: 'x'.repeat(100_000) }, tags: ['t'] },
  ]);
  expect(answer.status).toBe(202);
  expect(answer.json.data).toMatchObject([
    { status: 202, eventId: 'once', payload: { n: 1 } },
    { status: 409, code: 'conflict' },
    { status: 422, detail: [{ loc: ['body', 'event_type', '__all__'] }] },
    { status: 202, tags: ['t'] },
  ]);
  const large = await tenant.ask('GET', `/app/acme/msg/${ids(answer)[3]}`);
  expect(large['payload'].text).toHaveLength(100_000);
});

it('POST /msg/batch: a path with a trailing slash and GET of a message named batch work too', async () => {
  const answer = await tenant.send('POST', '/app/acme/msg/batch/', {
    data: [{ eventType: 'batch.named', eventId: 'batch', payload: {} }],
  });
  expect([answer.status, answer.json.data[0].status]).toEqual([202, 202]);
  expect(await tenant.ask('GET', '/app/acme/msg/batch')).toMatchObject({ id: ids(answer)[0] });
});
