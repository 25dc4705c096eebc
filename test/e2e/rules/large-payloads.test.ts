import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';

/** Payloads above the S3 threshold, compressed, are stored in S3: publish, deliver, read, list, repeat and expunge them. */
let sender: Sender;

beforeAll(async () => {
  sender = await freshSender();
  await sender.endpoint('ep', '/large');
});

const large = () => ({ noise: randomBytes(30_000).toString('base64') });

const publishAt = (path: string, payload: object, key: string) =>
  sender.send('POST', path, { eventType: 'a', payload }, { 'idempotency-key': key });

// A trailing slash routes the request to the admin function, which accepts messages too.
describe.each(['/app/acme/msg', '/app/acme/msg/'])('a large payload published at %s', (path) => {
  it('is delivered, read, listed, and returned to a repeat with the same idempotency key', async () => {
    const payload = large();
    const key = randomBytes(8).toString('hex');
    const first = await publishAt(path, payload, key);
    expect(first.status).toBe(202);
    const { id } = first.json as { id: string };
    const again = await publishAt(path, payload, key);
    expect(again.json).toMatchObject({ id, payload });
    const [received] = await sender.received(id);
    expect(Buffer.from(received!.body, 'base64').toString()).toBe(JSON.stringify(payload));
    expect(await sender.ask('GET', `/app/acme/msg/${id}`)).toMatchObject({ payload });
    const { data } = await sender.ask('GET', '/app/acme/msg?limit=5');
    expect(data).toEqual(expect.arrayContaining([expect.objectContaining({ id, payload })]));
  });
});

it('a large payload is no longer returned after its message was expunged', async () => {
  const { id } = await sender.publish({ payload: large() });
  await sender.received(String(id));
  expect((await sender.send('DELETE', `/app/acme/msg/${String(id)}/content`)).status).toBe(204);
  const after = await sender.ask('GET', `/app/acme/msg/${String(id)}`);
  expect(JSON.stringify(after)).not.toContain('noise');
});
