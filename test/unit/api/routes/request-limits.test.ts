import { describe, expect, it, vi } from 'vitest';
import {
  MOST_EVENT_TYPES,
  MOST_FEATURE_FLAGS,
  MOST_HEADERS,
  MOST_ITEMS_READ,
  MOST_SUBNETS,
  URL_BYTES,
} from '../../../../functions/platform/limits/requests.domain.ts';
import { complaints, makeClient, token } from '../client.ts';
import { ORG } from '../fakes.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `type.${index}`);
const subnets = (count: number) => Array.from({ length: count }, (_, index) => `10.0.${index}.0/24`);
const headers = (count: number) => Object.fromEntries(names(count).map((name) => [name, 'v']));

const ONE = '/api/v1/app/acme/endpoint/ep1';
const SETTINGS = `/management/v1/organization/${ORG}/settings`;

const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await client.send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x.test', uid: 'ep1' });
  return client;
};

describe('list longer than its limit', () => {
  it.each([
    [
      'POST',
      '/api/v1/app/acme/endpoint',
      { url: 'https://x.test', filterTypes: names(MOST_EVENT_TYPES + 1) },
      'event_types',
    ],
    ['PUT', ONE, { url: 'https://x.test', eventTypes: names(MOST_EVENT_TYPES + 1) }, 'event_types'],
    ['PATCH', ONE, { eventTypes: names(MOST_EVENT_TYPES + 1) }, 'event_types'],
    [
      'POST',
      `${ONE}/bulk-replay`,
      { since: '2026-11-20T00:00:00Z', eventTypes: names(MOST_EVENT_TYPES + 1) },
      'event_types',
    ],
    [
      'POST',
      '/api/v1/auth/app-portal-access/acme',
      { featureFlags: names(MOST_FEATURE_FLAGS + 1) },
      'feature_flags',
    ],
    ['PATCH', `${ONE}/headers`, { headers: headers(MOST_HEADERS + 1) }, 'headers/__all__'],
  ])('is refused in %s %s', async (method, path, body, field) => {
    const { send } = await start();
    const answer = await send(method, path, body);
    expect(answer.status).toBe(422);
    expect(complaints(answer)).toEqual([`body/${field} value_error`]);
  });

  it('is refused in the settings of an organization', async () => {
    const { send } = await start();
    const management = await token({ sub: 'management', aud: 'posthorn-management' });
    const answer = await send(
      'PATCH',
      SETTINGS,
      { allowedSubnets: subnets(MOST_SUBNETS + 1) },
      {
        authorization: `Bearer ${management}`,
      },
    );
    expect(answer.status).toBe(422);
    expect(complaints(answer)).toEqual(['body/allowed_subnets value_error']);
  });

  it.each(['/api/v1/app/acme/msg', '/api/v1/app/acme/attempt/endpoint/ep1', `${ONE}/msg`])(
    'is refused in the query of %s',
    async (path) => {
      const { send } = await start();
      const answer = await send('GET', `${path}?event_types=${names(MOST_EVENT_TYPES + 1).join(',')}`);
      expect(answer.status).toBe(422);
      expect(complaints(answer)).toEqual(['query/event_types value_error']);
    },
  );

  it('of event types causes no lookups', async () => {
    const { send, simulation } = await start();
    const known = vi.spyOn(simulation.deps.eventTypes, 'known');
    await send('PATCH', ONE, { eventTypes: names(MOST_EVENT_TYPES + 1) });
    expect(known).not.toHaveBeenCalled();
    await send('PATCH', ONE, { eventTypes: names(MOST_EVENT_TYPES) });
    expect(known).toHaveBeenCalledOnce();
  });

  it('is refused while it is read, even if its items are duplicates', async () => {
    const { send } = await start();
    const many = Array.from({ length: MOST_ITEMS_READ + 1 }, () => 'a');
    const answer = await send('PATCH', ONE, { eventTypes: many });
    expect(answer.status).toBe(422);
    expect(complaints(answer)).toEqual(['body/eventTypes value_error.jsondecode']);
    const metadata = Object.fromEntries(names(MOST_ITEMS_READ + 1).map((name) => [name, '']));
    expect(complaints(await send('PATCH', ONE, { metadata }))).toEqual([
      'body/metadata value_error.jsondecode',
    ]);
  });
});

describe('endpoint URL', () => {
  it('is measured percent-encoded, as it is stored', async () => {
    const { send } = await start();
    // Each of these characters has two bytes, and six once it is encoded.
    const short = `https://x.test/${'ä'.repeat(20_000)}`;
    expect(Buffer.byteLength(short)).toBeLessThan(URL_BYTES);
    const answer = await send('PATCH', ONE, { url: short });
    expect(answer.status).toBe(422);
    expect(complaints(answer)).toEqual(['body/url value_error']);
    expect((await send('PATCH', ONE, { url: `https://x.test/${'a'.repeat(60_000)}` })).status).toBe(200);
  });
});
