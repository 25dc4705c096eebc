import { describe, expect, it } from 'vitest';
import { capabilitiesOf, permits } from '../../../portal/src/session/capabilities.ts';
import { allowedServer, parseConfig } from '../../../portal/src/session/config.ts';
import { carriesKey, parsePortalKey } from '../../../portal/src/session/link.ts';
import { placesOf } from '../../../portal/src/routing/base.ts';
import { safeNext } from '../../../portal/src/routing/next.ts';

const KEY = JSON.stringify({ appId: 'app_1', token: 'eyJ.ü?>' });
const base64 = Buffer.from(KEY).toString('base64');

describe('portal: the key in a link', () => {
  it.each([
    ['base64url', Buffer.from(KEY).toString('base64url')],
    ['base64 with padding', base64],
    ['percent-encoded base64', encodeURIComponent(base64)],
  ])('is read as %s', (_name, encoded) => {
    const expected = { kind: 'token', value: 'eyJ.ü?>' };
    expect(parsePortalKey(`#key=${encoded}`)).toEqual({
      appId: 'app_1',
      credential: expected,
      serverUrl: null,
    });
  });

  it('may carry a one-time token and a server', () => {
    const key = { appId: 'app_1', oneTimeToken: 'once', serverUrl: 'https://api.example.com' };
    expect(parsePortalKey(`#key=${Buffer.from(JSON.stringify(key)).toString('base64url')}`)).toEqual({
      appId: 'app_1',
      credential: { kind: 'one-time-token', value: 'once' },
      serverUrl: 'https://api.example.com',
    });
  });

  it.each(['', '#', '#key=', '#key=%%%', '#key=bm8', '#other=1', `#key=${'A'.repeat(20_000)}`])(
    'is null for %s',
    (hash) => {
      expect(parsePortalKey(hash)).toBeNull();
    },
  );

  it('is known to be there even if it cannot be read, so that it is removed from the address', () => {
    expect(carriesKey('#key=%%%')).toBe(true);
    expect(carriesKey('#section')).toBe(false);
  });
});

describe('portal: the path to open after login', () => {
  it.each([
    ['/endpoints/ep_1', '/endpoints/ep_1'],
    ['endpoints', '/endpoints'],
    ['/messages/msg_1?status=2', '/messages/msg_1?status=2'],
  ])('%s opens %s', (next, path) => {
    expect(safeNext(next)).toBe(path);
  });

  it.each([
    ...['//evil.example', 'https://evil.example', '/\\evil.example', '/endpoints//evil.example', '/other'],
    ...['javascript:alert(1)', '/endpoints/../../x', '/', '', null],
  ])('%s opens nothing', (next) => {
    expect(safeNext(next)).toBeNull();
  });
});

describe('portal: where the page and the API are', () => {
  it.each([
    ['https://x.example/portal/login', '/portal', 'https://x.example'],
    ['https://x.example/prod/portal/', '/prod/portal', 'https://x.example/prod'],
    ['https://portal.example/', '', 'https://portal.example'],
    ['https://portal.example/login', '', 'https://portal.example'],
  ])('follows from %s', (baseUri, base, apiUrl) => {
    expect(placesOf(baseUri)).toEqual({ base, apiUrl });
  });

  it('is another server only if the stage lists it', () => {
    const config = parseConfig({ allowedServerUrls: ['https://api.example.com/'] });
    expect(allowedServer('https://api.example.com', config)).toBe('https://api.example.com');
    expect(allowedServer('https://api.example.com.evil.example', config)).toBeNull();
    expect(
      allowedServer('javascript:alert(1)', parseConfig({ allowedServerUrls: ['javascript:alert(1)'] })),
    ).toBeNull();
    expect(parseConfig({ organizationTokenRefreshUrl: 'javascript:alert(1)' }).refreshUrl).toBeNull();
  });
});

describe('portal: capabilities', () => {
  it('include each other as the API applies them', () => {
    expect(permits(['ViewBase', 'ManageEndpoint'], 'ViewEndpointSecret')).toBe(true);
    expect(permits(['ViewBase'], 'ManageEndpoint')).toBe(false);
    expect(permits(null, 'CreateAttempts')).toBe(true);
  });

  it('are all if the answer names none', () => {
    expect(capabilitiesOf(undefined)).toBeNull();
    expect(capabilitiesOf(['ViewBase', 'Unknown'])).toEqual(['ViewBase']);
    expect(capabilitiesOf([])).toEqual([]);
  });
});
