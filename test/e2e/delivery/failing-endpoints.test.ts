import type { Svix } from 'svix';
import { describe, expect, inject, it } from 'vitest';
import { freshOrganization } from '../../support/client.ts';
import { stepCounts } from '../../support/faults.ts';
import { eventually } from '../../support/poll.ts';
import { hookUrl, webhooks } from '../../support/receiver.ts';

const settings = async (changes: object) => {
  const organization = await freshOrganization();
  const { orgId, managementUrl } = organization;
  const answer = await fetch(`${managementUrl}/organization/${orgId}/settings`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${inject('stack').managementToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(changes),
  });
  expect(answer.status).toBe(200);
  return organization;
};

const publish = (svix: Svix, appId: string, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, n) => svix.message.create(appId, { eventType: 'n', payload: { n } })),
  );

describe('auto-disable', () => {
  it('disables an endpoint whose messages are exhausted beyond endpointDisableAfter, and no healthy endpoint beside it', async () => {
    const { svix } = await settings({ retrySchedule: [], endpointDisableAfter: 1 });
    const app = await svix.application.create({ name: 'Acme' });
    const dead = await svix.endpoint.create(app.id, { url: hookUrl('/failing-dead?status=500') });
    const alive = await svix.endpoint.create(app.id, { url: hookUrl('/failing-alive') });
    const disabled = await eventually(
      async () => {
        await publish(svix, app.id, 1);
        return svix.endpoint.get(app.id, dead.id);
      },
      (endpoint) => endpoint.disabled === true,
      { what: 'the endpoint was disabled' },
    );
    expect(disabled.disabled).toBe(true);
    expect((await svix.endpoint.get(app.id, alive.id)).disabled).toBe(false);
  });
});

describe('a throttled endpoint', () => {
  it('gets every message at its rate and does not delay the endpoint beside it', async () => {
    const { svix } = await freshOrganization();
    const app = await svix.application.create({ name: 'Acme' });
    await svix.endpoint.create(app.id, { url: hookUrl('/failing-throttled'), throttleRate: 2 });
    await svix.endpoint.create(app.id, { url: hookUrl('/failing-free') });
    const begunAt = Date.now();
    await publish(svix, app.id, 12);
    const free = await webhooks({ path: '/failing-free' }, 12);
    const throttled = await webhooks({ path: '/failing-throttled' }, 12);
    // Slots are half a second apart; a delivery may start up to a second before its slot, and later on a busy machine.
    for (const [slot, at] of throttled
      .map((one) => one.at)
      .toSorted((a, b) => a - b)
      .entries())
      expect(at).toBeGreaterThanOrEqual(begunAt + 500 * slot - 1_000);
    const sum = (all: readonly { at: number }[]) => all.reduce((total, { at }) => total + at - begunAt, 0);
    expect(sum(free)).toBeLessThan(sum(throttled));
    const newest = (await svix.message.list(app.id)).data[0]!.id;
    const { data } = await eventually(
      () => svix.messageAttempt.listByMsg(app.id, newest),
      (page) => page.data.length === 2,
    );
    expect(data.map(({ statusText }) => statusText)).toEqual(['success', 'success']);
  });
});

describe('a slow endpoint', () => {
  it('gets the time that it needs, and its later deliveries move to the slow lane', async () => {
    const { svix } = await freshOrganization();
    const app = await svix.application.create({ name: 'Acme' });
    await svix.endpoint.create(app.id, { url: hookUrl('/failing-slow?delay=5500') });
    await publish(svix, app.id, 1);
    const [first] = await webhooks({ path: '/failing-slow' });
    const list = () => svix.messageAttempt.listByMsg(app.id, first!.id!);
    await eventually(list, ({ data }) => data.length === 1);
    await publish(svix, app.id, 8);
    const all = await webhooks({ path: '/failing-slow' }, 9);
    for (const { id } of all) {
      const { data } = await eventually(
        () => svix.messageAttempt.listByMsg(app.id, id!),
        (page) => page.data.length > 0,
      );
      expect(data).toMatchObject([{ status: 0, responseStatusCode: 200 }]);
    }
    expect((await stepCounts())['deliver.forwarded']).toBeGreaterThan(0);
  });
});
