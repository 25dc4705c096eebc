import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiverAt } from '../../../scripts/local/receiver/receiver-client.ts';
import type { ReceiverClient } from '../../../scripts/local/receiver/receiver-client.ts';
import type { Receiver } from '../../../scripts/local/receiver/receiver.ts';
import { startReceiver } from '../../../scripts/local/receiver/receiver.ts';
import { DEADLINE_MS } from '../../support/limits.ts';
import { rawRequest } from './raw-request.ts';

let receiver: Receiver;
let client: ReceiverClient;
beforeAll(async () => {
  receiver = await startReceiver();
  client = receiverAt(receiver.url);
});
afterAll(() => receiver.close());

const post = (path: string, init: RequestInit = {}) =>
  fetch(`${receiver.url}${path}`, { method: 'POST', ...init });

describe('scripted receiver', () => {
  it('answers as the URL says', async () => {
    const response = await post('/answers?status=503&retry-after=7&body=busy&header-X-Y=z', { body: '{}' });
    expect(response.status).toBe(503);
    expect(Object.fromEntries(response.headers)).toMatchObject({ 'retry-after': '7', 'x-y': 'z' });
    expect(await response.text()).toBe('busy');
  });

  it('records method, target, body bytes, and headers with order, case and repeats', async () => {
    await rawRequest(
      receiver.port,
      ['PUT /bytes/%2F//x?a=%20 HTTP/1.1', 'B-Two: 1', 'a-One: 2', 'B-Two: 3'],
      Buffer.from([0, 255, 10]),
    );
    const [record] = await client.waitFor({ path: '/bytes' }, 1, DEADLINE_MS);
    expect(record).toMatchObject({
      method: 'PUT',
      url: '/bytes/%2F//x?a=%20',
      body: Buffer.from([0, 255, 10]).toString('base64'),
    });
    expect(record?.headers.slice(0, 3)).toEqual([
      ['B-Two', '1'],
      ['a-One', '2'],
      ['B-Two', '3'],
    ]);
  });

  it('counts attempts per message and path', async () => {
    const send = async (path: string, id: string) =>
      (await post(`${path}?flap=1`, { headers: { 'webhook-id': id } })).status;
    const statuses = [
      await send('/flap-a', 'm1'),
      await send('/flap-a', 'm2'),
      await send('/flap-b', 'm1'),
      await send('/flap-a', 'm1'),
    ];
    expect(statuses).toEqual([500, 500, 500, 200]);
  });

  it.each(['connect', 'headers', 'body'])(
    'closes the connection at %s and records the request',
    async (at) => {
      const reading = post(`/hang-up-${at}?hang-up=${at}`, { body: '{}' }).then((response) =>
        response.text(),
      );
      await expect(reading).rejects.toThrow();
      expect(await client.received({ path: `/hang-up-${at}` })).toHaveLength(1);
    },
  );

  it('never answers a request scripted to time out', async () => {
    const giveUp = new AbortController();
    const answer = post('/timeout?script=timeout', { signal: giveUp.signal });
    await client.waitFor({ path: '/timeout' }, 1, DEADLINE_MS);
    giveUp.abort(new Error('gave up'));
    await expect(answer).rejects.toThrow('gave up');
  });

  it('sends as many bytes as requested', async () => {
    const body = await (await post('/bytes-out?bytes=300000')).arrayBuffer();
    expect(body.byteLength).toBe(300_000);
  });

  it('holds an answer until it is released', async () => {
    let answered = false;
    const answer = post('/hold?hold=gate').then(() => (answered = true));
    await client.waitFor({ path: '/hold' }, 1, DEADLINE_MS);
    expect(answered).toBe(false);
    await client.release('gate');
    expect(await answer).toBe(true);
  });

  it('obeys the URL until its name is released and answers 200 from then on', async () => {
    const status = async () => (await post('/until?status=503&until=repaired')).status;
    expect(await status()).toBe(503);
    await client.release('another');
    expect(await status()).toBe(503);
    await client.release('repaired');
    expect(await status()).toBe(200);
    expect((await client.received({ path: '/until' })).map(({ answered }) => answered)).toEqual([
      '503',
      '503',
      '200',
    ]);
  });

  it('resolves a wait once enough requests arrived, and says how many did when it times out', async () => {
    const waiting = client.waitFor({ path: '/wait', id: 'm9' }, 2, DEADLINE_MS);
    for (const id of ['m9', 'm8', 'm9']) await post('/wait', { headers: { 'svix-id': id } });
    expect(await waiting).toHaveLength(2);
    await expect(client.waitFor({ path: '/never' }, 1, 50)).rejects.toThrow('it got 0');
  });

  it('announces no time after which it closes an idle connection, and so leaves closing to its clients', async () => {
    const response = await post('/idle');
    expect([response.status, response.headers.get('keep-alive')]).toEqual([200, null]);
  });

  it('deletes the records of the given path', async () => {
    await post('/forget/a');
    await post('/forget/b');
    await client.clear({ path: '/forget/a' });
    expect((await client.received({ path: '/forget' })).map((record) => record.path)).toEqual(['/forget/b']);
  });

  it('answers 400 with the invalid command', async () => {
    const response = await post('/typo?status=teapot');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('status=teapot');
  });
});
