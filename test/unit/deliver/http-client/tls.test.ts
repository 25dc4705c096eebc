import type { TlsOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { CERTIFICATE, EXPIRED_CERTIFICATE, FUTURE_CERTIFICATE, PRIVATE_CERTIFICATE } from './certificate.ts';
import { httpsReceiver, testSender } from './receiver.ts';

const resultOf = async (tls: TlsOptions, ca?: string, name = 'receiver.test') => {
  const posts: string[] = [];
  await using receiver = await httpsReceiver((request, response) => {
    posts.push(request.url ?? '');
    response.end('ok');
  }, tls);
  const resolver = () => Promise.resolve(['127.0.0.1']);
  await using sender = testSender({ resolver, ...(ca !== undefined && { ca }) });
  const result = await sender.send({ url: `https://${name}:${receiver.port}/`, timeoutMs: 60_000 });
  return { result, posts: posts.length };
};

describe('a certificate or TLS failure has its own cause, and no request is sent', () => {
  it.each<[string, TlsOptions, string | undefined, string, string]>([
    ['expired', { cert: EXPIRED_CERTIFICATE }, EXPIRED_CERTIFICATE, 'receiver.test', 'tls_expired'],
    ['not valid yet', { cert: FUTURE_CERTIFICATE }, FUTURE_CERTIFICATE, 'receiver.test', 'tls_not_yet_valid'],
    ['self-signed', {}, undefined, 'receiver.test', 'tls_self_signed'],
    ['for another name', {}, CERTIFICATE, 'other.test', 'tls_hostname_mismatch'],
    [
      'of an unknown authority',
      { cert: PRIVATE_CERTIFICATE },
      undefined,
      'receiver.test',
      'tls_unknown_authority',
    ],
    [
      'without a common version',
      { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' },
      CERTIFICATE,
      'receiver.test',
      'tls_handshake_failed',
    ],
    [
      'that asks for a client certificate',
      { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' },
      CERTIFICATE,
      'receiver.test',
      'tls_handshake_failed',
    ],
  ])('%s', async (_what, tls, ca, name, cause) => {
    const { result, posts } = await resultOf(tls, ca, name);
    expect([result, posts]).toMatchObject([{ kind: 'error', cause, status: 0 }, 0]);
    expect(result.kind === 'error' && result.message).not.toMatch(
      /ssl|openssl|node|ERR_|unable to|rejectUnauthorized/,
    );
  });

  it('does not occur with a trusted certificate, even when the TLS session is resumed', async () => {
    let resumed = 0;
    await using receiver = await httpsReceiver((request, response) => {
      resumed += (request.socket as unknown as { isSessionReused(): boolean }).isSessionReused() ? 1 : 0;
      response.setHeader('connection', 'close').end('ok');
    });
    const resolver = () => Promise.resolve(['127.0.0.1']);
    await using sender = testSender({ resolver, ca: CERTIFICATE });
    for (let sent = 0; sent < 3; sent += 1) {
      const result = await sender.send({ url: `https://receiver.test:${receiver.port}/`, timeoutMs: 60_000 });
      expect(result).toMatchObject({ status: 200, body: 'ok' });
    }
    expect(resumed).toBe(2);
  });
});
