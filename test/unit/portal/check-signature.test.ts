import { generateKeyPairSync, sign as signWith } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { checkSignature } from '../../../portal/src/lib/signature/check-signature.ts';
import type { Reference, SignatureReport } from '../../../portal/src/lib/signature/check-signature.ts';

const AT = new Date('2026-11-30T12:00:00Z');
const SECONDS = AT.getTime() / 1000;
const ID = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const BODY = '{"type":"invoice.paid","amount":1.50,"note":"é 2","path":"a/b"}';
const SIGNATURE = new StandardWebhook(SECRET).sign(ID, AT, BODY);

interface Sample {
  readonly id?: string;
  readonly timestamp?: string;
  readonly signature?: string;
  readonly body?: string;
  readonly secret?: string;
  readonly family?: 'webhook' | 'svix';
}

const headersOf = ({ id, timestamp, signature, family = 'webhook' }: Sample) =>
  [
    `${family}-id: ${id ?? ID}`,
    `${family}-timestamp: ${timestamp ?? String(SECONDS)}`,
    `${family}-signature: ${signature ?? SIGNATURE}`,
  ].join('\n');

const check = (sample: Sample, reference?: Reference, nowMs = AT.getTime()): Promise<SignatureReport> =>
  checkSignature(
    { headers: headersOf(sample), body: sample.body ?? BODY, secret: sample.secret ?? SECRET },
    nowMs,
    reference,
  );

const fault = (part: string, code: string) => ({ kind: 'faults', faults: [{ part, code }] });

describe('signature checker: untouched requests', () => {
  it.each(['webhook', 'svix'] as const)(
    'accepts what the official verifiers accept (%s-* headers)',
    async (family) => {
      expect(await check({ family })).toMatchObject({ kind: 'valid', family, timestamp: 'fresh' });
      const now = new Date();
      const signature = new SvixWebhook(SECRET).sign(ID, now, BODY);
      const timestamp = String(Math.floor(now.getTime() / 1000));
      const headers = {
        [`${family}-id`]: ID,
        [`${family}-timestamp`]: timestamp,
        [`${family}-signature`]: signature,
      };
      expect(() => new SvixWebhook(SECRET).verify(BODY, headers)).not.toThrow();
      expect(await check({ family, timestamp, signature }, {}, now.getTime())).toMatchObject({
        kind: 'valid',
      });
    },
  );

  it('accepts a secret without its prefix, as the verifiers do', async () => {
    expect(await check({ secret: SECRET.slice('whsec_'.length) })).toMatchObject({ kind: 'valid' });
  });

  it('accepts any of several signatures, as they are sent while a rotated secret is still valid', async () => {
    const older = new StandardWebhook(OTHER_SECRET).sign(ID, AT, BODY);
    expect(await check({ signature: `${older} ${SIGNATURE}` })).toMatchObject({ kind: 'valid' });
  });

  it('accepts an ed25519 signature with the public key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
    const content = Buffer.from(`${ID}.${SECONDS}.${BODY}`);
    const signature = `v1a,${signWith(null, content, privateKey).toString('base64')}`;
    const secret = `whpk_${raw.toString('base64')}`;
    expect(await check({ signature, secret })).toMatchObject({ kind: 'valid' });
    expect(await check({ signature, secret, body: `${BODY}\n` })).toMatchObject(
      fault('body', 'trailing_newline'),
    );
    expect(await check({ signature })).toMatchObject({ kind: 'wrong_kind', secret: 'hmac' });
  });

  it.each([
    ['too_old', 301],
    ['fresh', 299],
    ['fresh', -299],
    ['too_new', -301],
  ])('says that the timestamp is %s when the request is %i seconds old', async (timestamp, age) => {
    expect(await check({}, {}, AT.getTime() + age * 1000)).toMatchObject({
      kind: 'valid',
      timestamp,
      ageSeconds: age,
    });
  });
});

describe('signature checker: tampered samples', () => {
  const samples: readonly [title: string, sample: Sample, part: string, code: string][] = [
    [
      'the id of another message, which the body names',
      { id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X' },
      'id',
      'id_of_reference',
    ],
    ['a timestamp in milliseconds', { timestamp: `${SECONDS}000` }, 'timestamp', 'milliseconds'],
    ['a timestamp as a date', { timestamp: AT.toISOString() }, 'timestamp', 'not_seconds'],
    ['a timestamp of two seconds later', { timestamp: String(SECONDS + 2) }, 'timestamp', 'other_time'],
    ['a timestamp in another time zone', { timestamp: String(SECONDS + 19_800) }, 'timestamp', 'other_time'],
    [
      'a body that was parsed and printed',
      { body: JSON.stringify(JSON.parse(BODY), null, 2).replace('1.5', '1.50') },
      'body',
      'reserialized',
    ],
    [
      'a body as Python prints it',
      { body: '{"type": "invoice.paid", "amount": 1.50, "note": "\\u00e9 2", "path": "a/b"}' },
      'body',
      'escaped_unicode',
    ],
    ['a body as PHP prints it', { body: BODY.replace('a/b', 'a\\/b') }, 'body', 'escaped_slashes'],
    ['a body with a trailing newline', { body: `${BODY}\n` }, 'body', 'trailing_newline'],
    ['a body with spaces around it', { body: `  ${BODY} ` }, 'body', 'whitespace'],
    ['a body with a byte order mark', { body: `\ufeff${BODY}` }, 'body', 'byte_order_mark'],
    [
      'a body in base64, as API Gateway passes it on',
      { body: Buffer.from(BODY).toString('base64') },
      'body',
      'base64',
    ],
    ['a body as a JSON string', { body: JSON.stringify(BODY) }, 'body', 'quoted'],
    ['a percent-encoded body', { body: encodeURIComponent(BODY) }, 'body', 'percent_encoded'],
    ['a body with HTML entities', { body: BODY.replaceAll('"', '&quot;') }, 'body', 'html_entities'],
    ['a body with another amount', { body: BODY.replace('1.50', '9.50') }, 'body', 'body_of_reference'],
    ['a secret in quotes', { secret: `"${SECRET}"` }, 'secret', 'quotes'],
    [
      'a secret with a line break inside',
      { secret: `${SECRET.slice(0, 20)}\n${SECRET.slice(20)}` },
      'secret',
      'whitespace',
    ],
    ['a secret with its prefix twice', { secret: `whsec_${SECRET}` }, 'secret', 'prefix_twice'],
    ['the secret of another endpoint', { secret: OTHER_SECRET }, 'secret', 'other_secret'],
    [
      'a signature whose plus signs became spaces',
      { signature: SIGNATURE.replaceAll('+', ' ') },
      'signature',
      'plus_became_space',
    ],
    [
      'a percent-encoded signature',
      { signature: encodeURIComponent(SIGNATURE) },
      'signature',
      'percent_encoded',
    ],
    [
      'a signature in hex',
      { signature: `v1,${Buffer.from(SIGNATURE.slice(3), 'base64').toString('hex')}` },
      'signature',
      'hex',
    ],
    ['a signature without its version', { signature: SIGNATURE.slice(3) }, 'signature', 'no_version'],
  ];
  const reference = { id: ID, body: BODY, secrets: [SECRET], timestamps: [SECONDS - 3600] };

  it('the signature of the samples has a plus sign', () => expect(SIGNATURE).toContain('+'));

  it.each(samples)('names the part and the fault: %s', async (_title, sample, part, code) => {
    expect(await check(sample, reference)).toMatchObject(fault(part, code));
  });

  it('names a signer that used the text of the secret instead of its decoded bytes', async () => {
    const text = SECRET.slice('whsec_'.length);
    const signature = new StandardWebhook(Buffer.from(text), { format: 'raw' }).sign(ID, AT, BODY);
    expect(await check({ signature })).toMatchObject(fault('secret', 'without_decoding'));
  });

  it('names two faults at once', async () => {
    expect(await check({ body: `${BODY}\n`, timestamp: `${SECONDS}000` })).toMatchObject({
      kind: 'faults',
      faults: [
        { part: 'timestamp', code: 'milliseconds' },
        { part: 'body', code: 'trailing_newline' },
      ],
    });
  });

  it('names the header that is missing, of the family that is more complete', async () => {
    const headers = `svix-id: ${ID}\nsvix-signature: ${SIGNATURE}\nwebhook-id: ${ID}`;
    expect(await checkSignature({ headers, body: BODY, secret: SECRET }, AT.getTime())).toEqual({
      kind: 'missing_headers',
      names: ['svix-timestamp'],
    });
  });

  it('says that a secret or a signature cannot be read', async () => {
    expect(await check({ secret: 'whsec_not base64!' })).toMatchObject({
      kind: 'unreadable',
      part: 'secret',
    });
    expect(await check({ secret: '' })).toMatchObject({ kind: 'unreadable', part: 'secret' });
    expect(await check({ signature: 'v1,?' })).toMatchObject({ kind: 'unreadable', part: 'signature' });
    expect(await check({ timestamp: 'noon' })).toMatchObject({ kind: 'unreadable', part: 'timestamp' });
  });

  it('lists the parts that remain suspects when nothing matches', async () => {
    expect(await check({ secret: OTHER_SECRET })).toEqual({
      kind: 'no_match',
      suspects: ['secret', 'body', 'id', 'timestamp', 'signature'],
    });
    expect(await check({ secret: OTHER_SECRET }, { id: ID, body: BODY })).toEqual({
      kind: 'no_match',
      suspects: ['secret', 'timestamp', 'signature'],
    });
  });

  it('gives an answer for a body of a megabyte', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(1024 * 1024) });
    expect(await check({ body })).toMatchObject({ kind: 'no_match' });
  });
});

describe('signature checker: forms in which headers are pasted', () => {
  const values = { id: ID, timestamp: String(SECONDS), signature: SIGNATURE };
  const lines = (print: (name: string, value: string) => string) =>
    Object.entries(values)
      .map(([field, value]) => print(`webhook-${field}`, value))
      .join('\n');
  it.each([
    [
      'a request head',
      `POST /hook HTTP/1.1\r\nHost: example.com\r\n${lines((name, value) => `${name}: ${value}\r`)}`,
    ],
    ['mixed case', lines((name, value) => `${name.replace('webhook', 'Webhook')}:${value}`)],
    ['curl options', lines((name, value) => `  -H '${name}: ${value}' \\`)],
    ['curl -v', lines((name, value) => `> ${name}: ${value}`)],
    [
      'JSON',
      JSON.stringify(Object.fromEntries(Object.entries(values).map(([k, v]) => [`Webhook-${k}`, [v]]))),
    ],
    ['pairs', JSON.stringify(Object.entries(values).map(([k, v]) => [`webhook-${k}`, v]))],
    ['an object in code', `{\n${lines((name, value) => `  '${name}': '${value}',`)}\n}`],
    [
      'a PHP dump',
      lines((name, value) => `"HTTP_${name.toUpperCase().replaceAll('-', '_')}" => "${value}",`),
    ],
    [
      'environment variables',
      lines((name, value) => `HTTP_${name.toUpperCase().replaceAll('-', '_')}=${value}`),
    ],
  ])('reads %s', async (_form, headers) => {
    expect(await checkSignature({ headers, body: BODY, secret: SECRET }, AT.getTime())).toMatchObject({
      kind: 'valid',
    });
  });
});
