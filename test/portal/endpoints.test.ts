import { describe, expect } from 'vitest';
import type { Customer } from '../support/portal/customer.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import { loaded } from '../support/portal/visit.ts';
import { hookUrl } from '../support/receiver.ts';

const SCHEMAS = { 1: { type: 'object', examples: [{ id: 'inv_1', amount: 4200 }] } };

const addEventType = ({ tenant }: Customer, name: string) =>
  tenant.ask('POST', '/event-type', { name, description: 'Of the test', schemas: SCHEMAS });

const addEndpoint = async ({ tenant }: Customer, url: string, fields: object = {}): Promise<string> =>
  String((await tenant.ask('POST', '/app/northwind/endpoint', { url, ...fields }))['id']);

describe('a test of an endpoint', () => {
  portalTest('that it refuses says so, with what came back', async ({ portal }) => {
    const id = await addEndpoint(portal.customer, hookUrl('/portal-refused?status=401&body=who%20are%20you'));
    const page = await portal.open({ query: { next: `/endpoints/${id}/testing` } });
    await page.getByRole('button', { name: 'Send test' }).click();
    const result = page.locator('[data-test="failed"]');
    await result.getByText('who are you').waitFor();
    await result.getByText('401', { exact: true }).waitFor();
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
