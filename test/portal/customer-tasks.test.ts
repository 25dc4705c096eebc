import { Webhook } from 'standardwebhooks';
import { describe, expect, inject } from 'vitest';
import { eventually } from '../support/poll.ts';
import { bodyOf, headersOf, hookUrl, receiver, webhooks } from '../support/receiver.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import type { Portal } from '../support/portal/portal-test.ts';
import { loaded, visit } from '../support/portal/visit.ts';

/** What customers come for, from the link to the webhook at their server. */
const appOf = ({ customer }: Portal) => `/app/${customer.appId}`;

const addEndpoint = async (portal: Portal, path: string): Promise<string> => {
  const { id } = await portal.customer.tenant.ask('POST', `${appOf(portal)}/endpoint`, {
    url: hookUrl(path),
  });
  return String(id);
};

const publish = async (portal: Portal, count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const { id } = await portal.customer.tenant.ask('POST', `${appOf(portal)}/msg`, {
      ...{ eventType: 'invoice.paid', payload: { number } },
    });
    ids.push(String(id));
  }
  return ids;
};

/** Ids of the messages at a path of the receiver, with every repeat. */
const receivedAt = async (path: string): Promise<string[]> =>
  (await receiver().received({ path })).map(({ id }) => id ?? '');

portalTest(
  'the first webhook arrives, signed, after at most six actions from the link',
  async ({ portal }) => {
    const page = await portal.open();
    await loaded(page);
    let actions = 0;
    const act = async (action: Promise<unknown>) => {
      await action;
      actions += 1;
    };
    const path = `/first-webhook-${portal.customer.appId}`;
    await act(page.getByRole('link', { name: 'Add endpoint' }).first().click());
    await act(page.getByLabel('Endpoint URL').fill(hookUrl(path)));
    await act(page.getByRole('button', { name: 'Create endpoint' }).click());
    await page.waitForURL('**/testing**');
    await act(page.getByRole('button', { name: 'Send test' }).click());
    await page.locator('[data-test="succeeded"]').waitFor();
    expect(actions).toBeLessThanOrEqual(6);
    const [webhook] = await webhooks({ path });
    const { data } = await portal.customer.tenant.ask('GET', `${appOf(portal)}/endpoint`);
    const [{ id }] = data as [{ id: string }];
    const { key } = await portal.customer.tenant.ask('GET', `${appOf(portal)}/endpoint/${id}/secret`);
    const headers = headersOf(webhook!);
    const standard = Object.fromEntries(
      ['id', 'timestamp', 'signature'].map((name) => [`webhook-${name}`, headers[`svix-${name}`] ?? '']),
    );
    expect(() => new Webhook(String(key)).verify(bodyOf(webhook!), standard)).not.toThrow();
  },
);

describe('what an endpoint missed while it was off', () => {
  portalTest('is offered exactly, and sent once each', async ({ portal }) => {
    const path = `/missed-${portal.customer.appId}`;
    const endpointId = await addEndpoint(portal, path);
    const { tenant } = portal.customer;
    const set = (disabled: boolean) =>
      tenant.ask('PATCH', `${appOf(portal)}/endpoint/${endpointId}`, { disabled });
    await publish(portal, 3);
    await webhooks({ path }, 3);
    await set(true);
    // What the other endpoint got was fanned out, so enabling this one adds no delivery of it.
    const other = `/not-missed-${portal.customer.appId}`;
    await addEndpoint(portal, other);
    const missed = await publish(portal, 17);
    await webhooks({ path: other }, 17);
    const page = await portal.open({ query: { next: `/endpoints/${endpointId}` } });
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.getByText('This endpoint missed 17 messages while it was off').waitFor();
    await publish(portal, 2);
    await page.getByRole('link', { name: 'Send what was missed' }).click();
    await page.getByText('17 messages would be sent.').waitFor();
    await page.getByRole('button', { name: 'Send 17 messages' }).click();
    await page.waitForURL('**/replays/qtask_*');
    await eventually(async () => (await receivedAt(path)).length >= 22);
    const received = await receivedAt(path);
    expect(received.filter((id) => missed.includes(id)).toSorted()).toEqual(missed.toSorted());
    expect(received).toHaveLength(22);
  });
});

describe('failures', () => {
  portalTest(
    'of one cause are counted, previewed and sent again, as many as the preview says',
    async ({ portal }) => {
      // A retry would deliver some of them before the preview, on a busy machine.
      await portal.customer.tenant.settings({ retrySchedule: [] });
      const release = portal.customer.appId;
      const path = `/failures-${release}`;
      const endpointId = await addEndpoint(portal, `${path}?status=500&until=${release}`);
      const other = await addEndpoint(portal, `/refusals-${release}?status=404`);
      const failed = await publish(portal, 12);
      const { tenant } = portal.customer;
      const counted = async (id: string): Promise<number> => {
        const { causes } = await tenant.ask('GET', `${appOf(portal)}/endpoint/${id}/failures`);
        return (causes as { count: number }[]).reduce((sum, { count }) => sum + count, 0);
      };
      await eventually(async () => (await counted(endpointId)) >= 12 && (await counted(other)) >= 12);
      const page = await portal.open({ query: { next: '/failures' } });
      const causes = page.getByRole('table', { name: 'By cause' });
      await causes.getByText('Failed with a 5xx status').waitFor();
      await causes.getByText('Refused with a 4xx status').waitFor();
      await fetch(`${inject('stack').receiverUrl}/_release?name=${release}`, { method: 'POST' });
      const before = (await receivedAt(path)).length;
      await visit(page, `/endpoints/${endpointId}/failures`);
      await page.getByRole('link', { name: 'Send again what failed: Failed with a 5xx status' }).click();
      await page.getByText('12 messages would be sent.').waitFor();
      await page.getByRole('button', { name: 'Send 12 messages' }).click();
      await page.waitForURL('**/replays/qtask_*');
      await eventually(async () => {
        const { data } = await tenant.ask(
          'GET',
          `${appOf(portal)}/attempt/endpoint/${endpointId}?status=0&limit=250`,
        );
        return new Set((data as { msgId: string }[]).map(({ msgId }) => msgId)).size === failed.length;
      });
      expect((await receivedAt(path)).length).toBeGreaterThanOrEqual(before + 12);
    },
  );

  portalTest('that are sent again slowly can be stopped', async ({ portal }) => {
    const path = `/stopped-${portal.customer.appId}`;
    const endpointId = await addEndpoint(portal, path);
    await publish(portal, 40);
    await webhooks({ path }, 40);
    // The preview counts once, what is recorded by then.
    const { tenant } = portal.customer;
    await eventually(
      () => tenant.ask('GET', `${appOf(portal)}/endpoint/${endpointId}/msg?status=0&limit=250`),
      ({ data }) => data.length === 40,
      { what: '40 recorded successes' },
    );
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const page = await portal.open();
    await loaded(page);
    await visit(page, `/replays?endpoint=${endpointId}&kind=bulk-replay&since=${since}`);
    await page.getByLabel('Speed').selectOption('1');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('40 messages would be sent.').waitFor();
    await page.getByRole('button', { name: 'Send 40 messages' }).click();
    await page.waitForURL('**/replays/qtask_*');
    await page.getByRole('button', { name: /^Stop/ }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: /^Stop/ }).click();
    await page.locator('.badge', { hasText: 'Stopped' }).waitFor();
    const sent = (await receivedAt(path)).length - 40;
    expect(sent).toBeLessThan(40);
  });
});
