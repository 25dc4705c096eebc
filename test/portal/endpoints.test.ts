import { Webhook } from 'standardwebhooks';
import { describe, expect } from 'vitest';
import type { Customer } from '../support/portal/customer.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import { loaded } from '../support/portal/visit.ts';
import { eventually } from '../support/poll.ts';
import { bodyOf, headersOf, hookUrl, webhooks } from '../support/receiver.ts';

const SCHEMAS = { 1: { type: 'object', examples: [{ id: 'inv_1', amount: 4200 }] } };

const addEventType = ({ tenant }: Customer, name: string) =>
  tenant.ask('POST', '/event-type', { name, description: 'Of the test', schemas: SCHEMAS });

const addEndpoint = async ({ tenant }: Customer, url: string, fields: object = {}): Promise<string> =>
  String((await tenant.ask('POST', '/app/northwind/endpoint', { url, ...fields }))['id']);

describe('a first webhook', () => {
  portalTest('takes at most six actions from login to a green test, and is signed', async ({ portal }) => {
    const { customer } = portal;
    await addEventType(customer, 'invoice.paid');
    const path = `/portal-first-${customer.appId}`;
    const page = await portal.open();
    let actions = 0;
    const act = async (action: Promise<unknown>) => {
      await action;
      actions += 1;
    };
    await act(page.getByRole('link', { name: 'Add endpoint' }).first().click());
    await act(page.getByLabel('Endpoint URL').fill(hookUrl(path)));
    await act(page.getByLabel('invoice.paid').check());
    await act(page.getByRole('button', { name: 'Create endpoint' }).click());
    await act(page.getByRole('button', { name: 'Send test' }).click());
    await page.locator('[data-test="succeeded"]').waitFor();
    expect(actions).toBeLessThanOrEqual(6);
    const [received] = await webhooks({ path });
    expect(JSON.parse(bodyOf(received!))).toEqual({ id: 'inv_1', amount: 4200 });
    const { data } = await customer.tenant.ask('GET', '/app/northwind/endpoint');
    const [{ id, filterTypes }] = data;
    expect(filterTypes).toEqual(['invoice.paid']);
    const { key } = await customer.tenant.ask('GET', `/app/northwind/endpoint/${id}/secret`);
    const headers = Object.fromEntries(
      Object.entries(headersOf(received!)).map(([name, value]) => [
        name.replace(/^svix-/, 'webhook-'),
        value,
      ]),
    );
    expect(new Webhook(String(key)).verify(bodyOf(received!), headers)).toEqual({
      id: 'inv_1',
      amount: 4200,
    });
  });

  portalTest('that the endpoint refuses says so, with what came back', async ({ portal }) => {
    const id = await addEndpoint(portal.customer, hookUrl('/portal-refused?status=401&body=who%20are%20you'));
    const page = await portal.open({ query: { next: `/endpoints/${id}/testing` } });
    await page.getByRole('button', { name: 'Send test' }).click();
    const result = page.locator('[data-test="failed"]');
    await result.getByText('who are you').waitFor();
    await result.getByText('401', { exact: true }).waitFor();
  });
});

describe('an endpoint that was off', () => {
  portalTest('offers exactly what it missed, and sends it', async ({ portal }) => {
    const { tenant } = portal.customer;
    const path = `/portal-off-${portal.customer.appId}`;
    const id = await addEndpoint(portal.customer, hookUrl(path), { disabled: true });
    const data = Array.from({ length: 100 }, (_, n) => ({ eventType: 'order.created', payload: { n } }));
    await tenant.ask('POST', '/app/northwind/msg/batch', { data });
    await tenant.ask('PATCH', `/app/northwind/endpoint/${id}`, { disabled: false });
    await eventually(async () => {
      const spans = await tenant.ask('GET', `/app/northwind/endpoint/${id}/off-spans?count=true`);
      return spans['data'][0]?.missed?.messages === 100;
    });
    const page = await portal.open({ query: { next: `/endpoints/${id}` } });
    await page.getByText('This endpoint missed 100 messages while it was off').waitFor();
    await page.locator('.band').waitFor();
    await page.getByRole('link', { name: 'Send what was missed' }).click();
    await page.getByRole('button', { name: 'Send 100 messages' }).click();
    const received = await webhooks({ path }, 100);
    expect(new Set(received.map(bodyOf)).size).toBe(100);
  });
});

describe('the secret and the headers of an endpoint', () => {
  portalTest('are shown and changed as the API has them', async ({ portal }) => {
    const { tenant } = portal.customer;
    const id = await addEndpoint(portal.customer, hookUrl('/portal-secret'));
    const secret = async () =>
      String((await tenant.ask('GET', `/app/northwind/endpoint/${id}/secret`))['key']);
    const page = await portal.open({ query: { next: `/endpoints/${id}/security` } });
    await page.getByRole('button', { name: 'Reveal' }).click();
    const before = await secret();
    await page.getByText(before).waitFor();
    await page.getByRole('button', { name: 'Rotate secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' }).click();
    await page.getByText('Webhooks are signed with both secrets until').waitFor();
    await page.getByRole('button', { name: 'Reveal' }).click();
    await page.getByText(await secret()).waitFor();
    expect(await secret()).not.toBe(before);
    await page.getByRole('button', { name: 'Add header' }).click();
    await page.getByLabel('Name').fill('X-Tenant');
    await page.getByLabel('Value').fill('northwind');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('rowheader', { name: 'X-Tenant' }).waitFor();
    const { headers } = await tenant.ask('GET', `/app/northwind/endpoint/${id}/headers`);
    expect(headers).toEqual({ 'X-Tenant': 'northwind' });
  });
});

describe('the settings of an endpoint', () => {
  portalTest('are changed, refused with a reason, and the endpoint is deleted', async ({ portal }) => {
    const { tenant } = portal.customer;
    await addEventType(portal.customer, 'order.created');
    const id = await addEndpoint(portal.customer, hookUrl('/portal-settings'));
    const get = () => tenant.ask('GET', `/app/northwind/endpoint/${id}`);
    const page = await portal.open({ query: { next: `/endpoints/${id}/settings` } });
    await loaded(page);
    await page.getByLabel('Description').fill('Orders');
    await page.getByLabel('Only the events I choose').check();
    await page.getByLabel('order.created').check();
    await page.getByLabel('Rate limit').fill('25');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Changes saved').waitFor();
    expect(await get()).toMatchObject({
      description: 'Orders',
      filterTypes: ['order.created'],
      throttleRate: 25,
    });
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByText('This endpoint is off').waitFor();
    expect(await get()).toMatchObject({ disabled: true });
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/portal/endpoints');
    expect((await tenant.send('GET', `/app/northwind/endpoint/${id}`)).status).toBe(404);
  });
});
