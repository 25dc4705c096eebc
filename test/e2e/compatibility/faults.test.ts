import { beforeAll, expect, it } from 'vitest';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';

/** Requests that the open-source server answers with 500, and the answer that Posthorn gives instead. */
let sender: Sender;

beforeAll(async () => {
  sender = await freshSender();
  await sender.endpoint('ep', '/faults');
});

it('NUL in metadata is stored and returned like any other character', async () => {
  const metadata = { 'a\u0000': 'b\u0000' };
  const { id } = await sender.ask('POST', '/app', { name: 'x', metadata });
  expect((await sender.ask('GET', `/app/${String(id)}`))['metadata']).toEqual(metadata);
});

it('filters that contain NUL get 422 on the deprecated lists of attempts', async () => {
  const { id } = await sender.publish();
  for (const list of [`/msg/${String(id)}/attempt`, `/msg/${String(id)}/endpoint/ep/attempt`]) {
    for (const filter of ['channel=%00', 'event_types=%00']) {
      expect((await sender.send('GET', `/app/acme${list}?${filter}`)).status).toBe(422);
    }
    expect((await sender.send('GET', `/app/acme${list}?channel=x`)).status).toBe(200);
  }
});

it.each([
  ['/app', 'app_'],
  ['/app/acme/endpoint', 'ep_'],
  ['/app/acme/msg', 'msg_'],
  ['/app/acme/attempt/endpoint/ep', 'atmpt_'],
  ['/app/acme/endpoint/ep/msg', 'msg_'],
])(
  'iterators of %s with the right prefix and an invalid id get 422 or a page, never 500',
  async (path, prefix) => {
    for (const id of ['', 'x', '!'.repeat(27), 'z'.repeat(27), '0'.repeat(26), '0'.repeat(28)]) {
      const { status, json } = await sender.send('GET', `${path}?iterator=${prefix}${id}`);
      expect([id, status]).toEqual([id, expect.toBeOneOf([200, 422])]);
      if (status === 200) expect(json.done).toBeTypeOf('boolean');
    }
  },
);

it('a response body that contains NUL is recorded once for each attempt', async () => {
  const uid = 'nul';
  await sender.endpoint(uid, '/faults/nul?body=a%00b', { channels: ['nul'] });
  const { id } = await sender.publish({ channels: ['nul'] });
  const attempts = await sender.attempts(String(id), 2);
  expect(attempts.map(({ response }): unknown => response)).toContain('a\u0000b');
  expect(await sender.received(String(id), 2)).toHaveLength(2);
});

it('endpoint headers that HTTP cannot carry get 422, and the headers can still be read', async () => {
  const patch = (headers: object) => sender.send('PATCH', '/app/acme/endpoint/ep/headers', { headers });
  expect((await patch({ 'X-A': 'a\u0000b' })).status).toBe(422);
  expect((await patch({ 'X-A': 'x'.repeat(4_097) })).status).toBe(422);
  expect((await sender.send('GET', '/app/acme/endpoint/ep/headers')).status).toBe(200);
});
