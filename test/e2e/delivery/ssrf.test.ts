import { expect, inject, it } from 'vitest';
import { column } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';

/** The SSRF guard blocks all addresses that are not public, in every notation. The local stage allows 127.0.0.1 only. */
const PRIVATE_URLS = [
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

it('SSRF guard: addresses that are not public are blocked, with code 0 and a text that says so', async () => {
  const sender = await freshSender(undefined, { receiver: false });
  const response = await fetch(`${sender.managementUrl}/organization/${sender.orgId}/settings`, {
    headers: { authorization: `Bearer ${inject('stack').managementToken}` },
  });
  // A private range that is open would get the traffic.
  expect(await response.json()).toMatchObject({ settings: { allowedSubnets: ['127.0.0.1/32'] } });
  for (const url of PRIVATE_URLS) await sender.ask('POST', '/app/acme/endpoint', { url });
  const { id } = await sender.publish();
  const attempts = await sender.attempts(String(id), PRIVATE_URLS.length);
  expect(column({ data: attempts }, 'responseStatusCode')).toEqual(PRIVATE_URLS.map(() => 0));
  for (const { response } of attempts) expect(response).toContain('blocked');
});

it('SSRF guard: a redirect to the metadata address is not followed', async () => {
  const sender = await freshSender();
  await sender.endpoint('ep', '/ssrf?redirect=http://169.254.169.254/');
  const { id } = await sender.publish();
  const [attempt] = await sender.attempts(String(id));
  expect(attempt).toMatchObject({ responseStatusCode: 302, statusText: 'fail' });
});
