import { expect } from 'vitest';
import { causes } from '../../portal/src/i18n/en/causes.ts';
import type { Customer } from '../support/portal/customer.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import { loaded, visit } from '../support/portal/visit.ts';
import { eventually } from '../support/poll.ts';
import { hookUrl, webhooks } from '../support/receiver.ts';

/** Failures of five causes: what they add up to, what a preview counts, and what is sent. */
const CAUSES = {
  status_5xx: () => hookUrl('/failing?status=503'),
  status_4xx: () => hookUrl('/failing?status=401'),
  redirect: () => hookUrl('/failing?redirect=https://example.com/'),
  connection_reset: () => hookUrl('/failing?hang-up=connect'),
  address_blocked: () => 'http://10.0.0.1/',
} as const;

type PlantedCause = keyof typeof CAUSES;
const isPlanted = (name: string): name is PlantedCause => Object.hasOwn(CAUSES, name);
const PLANTED = Object.keys(CAUSES).filter(isPlanted);
const MESSAGES = 100;
const AT_ONCE = 20;

const publishMany = async ({ tenant, appId }: Customer, count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const some = await Promise.all(
      Array.from({ length: AT_ONCE }, () =>
        tenant.ask('POST', `/app/${appId}/msg`, { eventType: 'order.paid', payload: {} }),
      ),
    );
    ids.push(...some.map(({ id }) => String(id)));
  }
  return ids;
};

/** An endpoint for each cause, and messages that fail at all of them. */
const plant = async (customer: Customer) => {
  const { tenant, appId } = customer;
  const endpoints = new Map<PlantedCause, string>();
  for (const cause of PLANTED) {
    const { id } = await tenant.ask('POST', `/app/${appId}/endpoint`, { url: CAUSES[cause]() });
    endpoints.set(cause, String(id));
  }
  const messages = await publishMany(customer, MESSAGES);
  const total = PLANTED.length * MESSAGES;
  await eventually(
    () => tenant.ask('GET', `/app/${appId}/failures`),
    ({ failed }) => failed === total,
    { what: `${total} counted failures` },
  );
  return { endpoints, messages, total };
};

portalTest(
  'failures of five causes add up, and those of one cause are sent again, as many as the preview counted',
  async ({ portal }) => {
    const { customer } = portal;
    await customer.tenant.settings({ retrySchedule: [] });
    const { endpoints, messages, total } = await plant(customer);
    const page = await portal.open();
    await loaded(page);
    await visit(page, '/failures');
    await page.locator('.figure-value', { hasText: String(total) }).waitFor();
    const table = page.getByRole('table', { name: 'By cause' });
    const counts = await table
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((row) => row.querySelector('td.number')?.textContent));
    expect(counts).toEqual(PLANTED.map(() => String(MESSAGES)));
    for (const cause of PLANTED) {
      await table.getByText(causes[`cause.${cause}.title`]).waitFor();
    }

    const path = `/repaired-${customer.appId}`;
    const endpoint = endpoints.get('status_4xx') ?? '';
    await customer.tenant.ask('PATCH', `/app/${customer.appId}/endpoint/${endpoint}`, { url: hookUrl(path) });
    await visit(page, `/failures?endpoint=${endpoint}`);
    const title = causes['cause.status_4xx.title'];
    await page.getByRole('link', { name: `Send again what failed: ${title}` }).click();
    await page.getByText(`${MESSAGES} messages would be sent.`).waitFor();
    await page.getByRole('button', { name: `Send ${MESSAGES} messages` }).click();
    await page.waitForURL('**/replays/qtask_*');
    const received = await webhooks({ path }, MESSAGES);
    expect(received.map(({ id }) => id).toSorted()).toEqual(messages.toSorted());
    await page.locator('.badge', { hasText: 'Finished' }).waitFor();
    await page.getByText(`${MESSAGES} messages sent`).waitFor();
  },
);

portalTest('a running replay is stopped, and says so', async ({ portal }) => {
  const { tenant, appId } = portal.customer;
  const path = `/slow-replay-${appId}`;
  const { id } = await tenant.ask('POST', `/app/${appId}/endpoint`, { url: hookUrl(path), disabled: true });
  // What the other endpoint got was fanned out, so enabling this one adds no delivery of it.
  const other = `/not-disabled-${appId}`;
  await tenant.ask('POST', `/app/${appId}/endpoint`, { url: hookUrl(other) });
  await publishMany(portal.customer, 60);
  await webhooks({ path: other }, 60);
  await tenant.ask('PATCH', `/app/${appId}/endpoint/${String(id)}`, { disabled: false });
  const page = await portal.open();
  await loaded(page);
  const since = new Date(Date.now() - 3_600_000).toISOString();
  await visit(page, `/replays?endpoint=${String(id)}&kind=replay-missing&since=${since}`);
  await page.getByRole('button', { name: 'Send 60 messages' }).waitFor();
  await page.getByLabel('Speed').selectOption('1');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('button', { name: 'Send 60 messages' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Stop the run' }).click();
  await page.locator('.badge', { hasText: 'Stopped' }).waitFor();
});

portalTest(
  'messages are filtered by the server, and the address leads to the same list',
  async ({ portal }) => {
    const { tenant, appId } = portal.customer;
    const app = `/app/${appId}`;
    const { id } = await tenant.ask('POST', `${app}/endpoint`, { url: hookUrl('/filters?flap=1') });
    await tenant.settings({ retrySchedule: [] });
    const published = [];
    for (const [eventType, tag] of [
      ['order.paid', 'north'],
      ['order.paid', 'south'],
      ['order.sent', 'north'],
    ]) {
      published.push(await tenant.ask('POST', `${app}/msg`, { eventType, tags: [tag], payload: { tag } }));
    }
    await eventually(
      () => tenant.ask('GET', `${app}/endpoint/${String(id)}/msg?status=2`),
      ({ data }) => data.length === 3,
    );
    const page = await portal.open();
    await loaded(page);
    await visit(page, `/messages?endpoint=${String(id)}&status=failed&type=order.paid&tag=north`);
    const rows = page.getByRole('table', { name: 'Messages' }).locator('tbody tr');
    await eventually(async () => (await rows.count()) === 1);
    await rows.getByText('Failed').waitFor();
    await visit(page, `/messages?tag=north`);
    await eventually(async () => (await rows.count()) === 2);
    await rows.first().getByRole('link').click();
    await page.waitForURL(`**/messages/${String(published[2]?.['id'])}`);
    await page.getByRole('table', { name: 'Deliveries by endpoint' }).getByText('Failed').first().waitFor();
  },
);
