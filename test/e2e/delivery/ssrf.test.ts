import { expect, it } from 'vitest';
import { column } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';

/** No address but public ones is connected to, in whatever way it is written. The local stage opens 127.0.0.1 alone. */
const INWARDS = [
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://192.168.1.1/',
  'http://127.0.0.2/',
  'http://0.0.0.0/',
  'http://169.254.169.254/latest/meta-data/',
  'http://100.64.0.1/',
  'http://192.0.0.1/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://[::1]/',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/',
  'http://[::ffff:10.0.0.1]/',
  'http://[64:ff9b::a00:1]/',
];

it('addresses that are not public are blocked: code 0, and words that say so', async () => {
  const sender = await freshSender();
  for (const url of INWARDS) await sender.ask('POST', '/app/acme/endpoint', { url });
  const { id } = await sender.publish();
  const attempts = await sender.attempts(String(id), INWARDS.length);
  expect(column({ data: attempts }, 'responseStatusCode')).toEqual(INWARDS.map(() => 0));
  for (const { response } of attempts) expect(response).toContain('blocked');
});

it('a redirect inwards is not followed', async () => {
  const sender = await freshSender();
  await sender.endpoint('ep', '/inwards?redirect=http://169.254.169.254/');
  const { id } = await sender.publish();
  const [attempt] = await sender.attempts(String(id));
  expect(attempt).toMatchObject({ responseStatusCode: 302, statusText: 'fail' });
});
