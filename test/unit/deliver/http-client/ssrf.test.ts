import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCKED_MESSAGE } from '../../../../functions/deliver/causes.domain.ts';
import { CERTIFICATE } from './certificate.ts';
import { httpReceiver, httpsReceiver, testSender } from './receiver.ts';

/** A number as decimal, octal or hexadecimal, which WHATWG URLs all parse. */
const numeral = (value: number) =>
  fc.constantFrom(
    String(value),
    `0${value.toString(8)}`,
    `0x${value.toString(16)}`,
    `0X00${value.toString(16)}`,
  );

const fullWidth = (text: string) =>
  text.replace(/[0-9.]/g, (char) =>
    char === '.' ? '。' : String.fromCodePoint(char.charCodeAt(0) + 0xfee0),
  );

/** 127.0.0.1 in one to four parts, each in any base, perhaps in full-width digits, perhaps with a trailing dot. */
const ipv4Spelling = fc
  .constantFrom([127, 0, 0, 1], [127, 0, 1], [127, 1], [0x7f000001])
  .chain((parts) => fc.tuple(...parts.map(numeral)))
  .map((parts) => parts.join('.'))
  .chain((text) => fc.constantFrom(text, `${text}.`, fullWidth(text)));

const ipv6Spelling = fc.constantFrom(
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::127.0.0.1]', '[::7f00:1]', '[::ffff:127.0.0.1]', '[::FFFF:7f00:1]'],
  ...['[0:0:0:0:0:ffff:7f00:0001]', '[64:ff9b::127.0.0.1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]'],
  ...['[::ffff:0:127.0.0.1]', '[::]', '[fe80::1]', '[fd00:ec2::254]'],
);

const otherTarget = fc.constantFrom(
  '0',
  '0.0.0.0',
  '169.254.169.254',
  '169.254.170.2',
  '127.9.9.9',
  '10.1',
  '192.168.0.1',
);

const userinfo = fc.constantFrom('', 'example.com@', 'example.com:443@', 'user:1.1.1.1@', '%00@');

describe('the SSRF guard of a sender on AWS', () => {
  it('blocks every spelling of a non-public address', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end('inside'));
    await using sender = testSender({ stageSubnets: [] });
    const host = fc.oneof(ipv4Spelling, ipv6Spelling, otherTarget);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('http', 'https'), userinfo, host, async (scheme, user, name) => {
        const url = `${scheme}://${user}${name}:${receiver.port}/2018-06-01/runtime/invocation/next`;
        const result = await sender.send({ url, allowedSubnets: ['127.0.0.0/8', '::/0'] });
        expect(result).toMatchObject({ kind: 'error', cause: 'address_blocked', message: BLOCKED_MESSAGE });
      }),
      { numRuns: 300 },
    );
    expect(receiver.connections()).toBe(0);
  });

  it.each(['localhost', 'localhost.', 'LOCALHOST', 'ｌocalhost'])(
    'blocks host names that resolve to loopback: %s',
    async (name) => {
      await using receiver = await httpReceiver((_request, response) => response.end('inside'));
      await using sender = testSender({ stageSubnets: [] });
      const result = await sender.send({ url: `http://${name}:${receiver.port}/` });
      // Some systems do not resolve localhost with a trailing dot.
      expect(result).toMatchObject({
        kind: 'error',
        cause: expect.stringMatching(/^(address_blocked|dns_not_found|dns_failed)$/),
      });
      expect(receiver.connections()).toBe(0);
    },
  );
});

describe('the host name of an endpoint', () => {
  const PUBLIC = '203.0.114.1';

  it('is blocked if any of its addresses is', async () => {
    for (const addresses of [
      [PUBLIC, '127.0.0.1'],
      ['127.0.0.1', PUBLIC],
      [PUBLIC, '::ffff:10.0.0.1'],
    ]) {
      await using sender = testSender({ stageSubnets: [], resolver: () => Promise.resolve(addresses) });
      expect(await sender.send({ url: 'http://mixed.example/' })).toMatchObject({ cause: 'address_blocked' });
    }
  });

  it('is resolved once for each connection, so that DNS rebinding cannot change it between check and use', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end('ok'));
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    await using sender = testSender({ resolver: () => Promise.resolve(answers.shift() ?? []) });
    const url = `http://rebinding.example:${receiver.port}/`;
    expect(await sender.send({ url })).toMatchObject({ status: 200 });
    for (const socket of receiver.open()) socket.destroy();
    expect(answers).toHaveLength(1);
  });

  it('that resolves to a blocked address at the next connection (DNS rebinding) is blocked then', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end('ok'));
    let [address, now] = ['127.0.0.1', 0];
    await using sender = testSender({ resolver: () => Promise.resolve([address]), now: () => now });
    const url = `http://rebinding.example:${receiver.port}/`;
    expect(await sender.send({ url })).toMatchObject({ status: 200 });
    [address, now] = ['127.0.0.2', 10_000];
    expect(await sender.send({ url })).toMatchObject({ cause: 'address_blocked' });
    expect(receiver.connections()).toBe(1);
  });

  it('is connected to at its next address if the first does not respond', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end('ok'));
    const resolver = () => Promise.resolve(['127.0.0.3', '127.0.0.1']);
    const subnets = ['127.0.0.0/8'];
    await using sender = testSender({ resolver, stageSubnets: subnets });
    const result = await sender.send({
      url: `http://two.example:${receiver.port}/`,
      allowedSubnets: subnets,
    });
    expect(result).toMatchObject({ kind: 'response', status: 200 });
  });

  it('has a DNS cause if it does not exist, has no address or is not resolved in time', async () => {
    const forever = new Promise<string[]>(() => undefined);
    const notFound = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    for (const [resolver, cause] of [
      [() => Promise.reject(notFound), 'dns_not_found'],
      [() => Promise.reject(new Error('getaddrinfo EAI_AGAIN')), 'dns_failed'],
      [() => Promise.resolve([]), 'dns_not_found'],
      [() => forever, 'timeout_dns'],
    ] as const) {
      await using sender = testSender({ resolver, connectTimeoutMs: 100 });
      expect(await sender.send({ url: 'http://nowhere.example/' })).toMatchObject({
        kind: 'error',
        cause,
      });
    }
  });

  it('must match the certificate, whatever the Host header', async () => {
    await using receiver = await httpsReceiver((_request, response) => response.end('ok'));
    await using sender = testSender({ ca: CERTIFICATE, resolver: () => Promise.resolve(['127.0.0.1']) });
    const at = (name: string) => `https://${name}:${receiver.port}/`;
    const as = (host: string): [string, string][] => [['Host', host]];
    expect(await sender.send({ url: at('receiver.test') })).toMatchObject({ status: 200 });
    expect(await sender.send({ url: at('receiver.test.'), custom: as('x.test') })).toMatchObject({
      status: 200,
    });
    expect(await sender.send({ url: at('x.test'), custom: as('receiver.test') })).toMatchObject({
      cause: 'tls_hostname_mismatch',
    });
    expect(await sender.send({ url: at('127.0.0.1'), custom: as('receiver.test') })).toMatchObject({
      cause: 'tls_hostname_mismatch',
    });
  });
});
