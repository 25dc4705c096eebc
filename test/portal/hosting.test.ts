import { describe, expect, it } from 'vitest';
import { freshTenant } from '../support/api.ts';
import { apiKinds, serverUrlOf } from '../support/client.ts';
import { pageFiles } from '../../lib/constructs/portal/page-files.ts';

/** The page as the deployed function serves it, behind each kind of API. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
};

const get = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, { redirect: 'manual', ...init });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    bytes: Buffer.from(await response.arrayBuffer()),
  };
};

describe.each(apiKinds())('the portal behind the %s API', (kind) => {
  const base = `${serverUrlOf(kind)}/portal`;

  it.each(['', '/login', '/endpoints/ep_1', '/event-types/invoice.paid'])(
    'answers the route "%s" with the start page and its security headers',
    async (path) => {
      const { status, headers, bytes } = await get(base + path);
      expect({ status, headers }).toMatchObject({
        status: 200,
        headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
      });
      expect(headers['content-security-policy']).toContain("script-src 'self'; ");
      const [, href = ''] = /<base href="([^"]*)"/.exec(bytes.toString()) ?? [];
      expect(new URL(href, base + path).href).toBe(`${base}/`);
    },
  );

  it('answers its folder with a slash at the end with the start page, directly or after a redirect', async () => {
    const response = await fetch(`${base}/`);
    expect(response.status).toBe(200);
    const [, href = ''] = /<base href="([^"]*)"/.exec(await response.text()) ?? [];
    expect(new URL(href, response.url).href).toBe(`${base}/`);
  });

  it.each(pageFiles().map(({ path, type }) => [path, type]))(
    'serves the file %s, compressed or not, byte for byte',
    async (path, type) => {
      const compressed = await get(`${base}/${path}`);
      const plain = await get(`${base}/${path}`, { headers: { 'accept-encoding': 'identity' } });
      expect(compressed.headers).toMatchObject({
        ...HEADERS,
        'content-type': type,
        'content-encoding': 'gzip',
      });
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(plain.bytes.equals(compressed.bytes)).toBe(true);
      expect(plain.bytes.byteLength).toBeGreaterThan(0);
    },
  );

  it('sends a file once: to a browser that has it, 304', async () => {
    const { headers } = await get(`${base}/favicon.svg`);
    const again = await get(`${base}/favicon.svg`, { headers: { 'if-none-match': headers['etag'] ?? '' } });
    expect([again.status, again.bytes.byteLength]).toEqual([304, 0]);
  });

  it('answers HEAD with the headers alone', async () => {
    const { status, headers, bytes } = await get(`${base}/favicon.svg`, { method: 'HEAD' });
    expect([status, headers['content-type'], bytes.byteLength]).toEqual([200, 'image/svg+xml', 0]);
  });

  it('answers 404 for a file that is not there, and config.json with what the page must know', async () => {
    expect((await get(`${base}/assets/index-0.js`)).status).toBe(404);
    const { bytes } = await get(`${base}/config.json`);
    expect(JSON.parse(bytes.toString())).toEqual({ apiUrl: null, allowedServerUrls: [] });
  });

  it('is where the link of app-portal-access leads', async () => {
    const tenant = await freshTenant(kind);
    await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
    const { url } = await tenant.ask('POST', '/auth/app-portal-access/acme', {});
    expect(String(url)).toMatch(new RegExp(`^${base}/login#key=`));
    expect((await get(String(url))).status).toBe(200);
  });
});
