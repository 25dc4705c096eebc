import { expect, inject, it } from 'vitest';
import { freshOrganization } from '../../support/client.ts';
import { eventually } from '../../support/poll.ts';

it('rate limit: an organization beyond its publishRateLimit gets 429 with retry-after, and another organization does not', async () => {
  const { svix, orgId, token, serverUrl, managementUrl } = await freshOrganization();
  const patched = await fetch(`${managementUrl}/organization/${orgId}/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${inject('stack').managementToken}` },
    body: JSON.stringify({ publishRateLimit: 1 }),
  });
  expect(patched.status).toBe(200);
  const app = await svix.application.create({ name: 'Flood' });
  const publish = () =>
    fetch(`${serverUrl}/api/v1/app/${app.id}/msg`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: '{"eventType":"e","payload":{}}',
    });
  // Until one is refused: on a busy machine functions start so slowly that the first requests are a second apart.
  const refused = await eventually(
    async () => {
      const answers = await Promise.all(Array.from({ length: 40 }, publish));
      expect(answers.filter(({ status }) => status !== 429 && status !== 202)).toEqual([]);
      return answers.filter(({ status }) => status === 429);
    },
    ({ length }) => length > 0,
    { what: 'a refusal' },
  );
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused[0]?.headers.get('ratelimit-policy')).toBe('"organization";q=1;w=1');
  expect(await refused[0]?.json()).toMatchObject({ code: 'too_many_requests' });

  const other = await freshOrganization();
  const free = await other.svix.application.create({ name: 'Free' });
  const accepted = await Promise.all(
    Array.from({ length: 10 }, () => other.svix.message.create(free.id, { eventType: 'e', payload: {} })),
  );
  expect(accepted).toHaveLength(10);
});
