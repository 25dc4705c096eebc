import { describe, expect } from 'vitest';
import { fakeEndpoints } from '../support/portal/fake-data.ts';
import { pageTest } from '../support/portal/page-test.ts';
import { loaded } from '../support/portal/visit.ts';
import { eventually } from '../support/poll.ts';

const [first, second, third, off] = fakeEndpoints(0).map(({ id }) => `/endpoints/${id}`);

describe('portal: endpoints', () => {
  pageTest('a first webhook takes at most six actions from login to a green test', async ({ fake }) => {
    fake.state.endpoints = [];
    const page = await fake.open();
    let actions = 0;
    const act = async (action: Promise<unknown>) => {
      await action;
      actions += 1;
    };
    await act(page.getByRole('link', { name: 'Add endpoint' }).first().click());
    await act(page.getByLabel('Endpoint URL').fill('https://shop.example/hooks'));
    await act(page.getByLabel('invoice.paid').check());
    await act(page.getByRole('button', { name: 'Create endpoint' }).click());
    await act(page.getByRole('button', { name: 'Send test' }).click());
    await page.locator('[data-test="succeeded"]').waitFor();
    expect(actions).toBeLessThanOrEqual(6);
    expect(fake.state.endpoints[0]).toMatchObject({
      url: 'https://shop.example/hooks',
      eventTypes: ['invoice.paid'],
    });
  });

  pageTest(
    'an endpoint for all events is created only by choosing so, and is labelled loudly',
    async ({ fake }) => {
      const page = await fake.open({ path: '/endpoints/new' });
      await page.getByLabel('Endpoint URL').fill('https://shop.example/hooks');
      await page.getByRole('button', { name: 'Create endpoint' }).click();
      await page.getByText('Choose at least one event, or all of them.').waitFor();
      await page.getByLabel('All events').check();
      await page.getByRole('button', { name: 'Create endpoint' }).click();
      await page.getByText('Endpoint created.').waitFor();
      expect(fake.state.endpoints.at(-1)?.eventTypes).toBeNull();
      await page.locator('.badge', { hasText: 'All events' }).waitFor();
    },
  );

  pageTest('a test that fails says what to do, and shows the request and the answer', async ({ fake }) => {
    const page = await fake.open({ path: `${off}/testing` });
    await page.getByRole('button', { name: 'Send test' }).click();
    const result = page.locator('[data-test="failed"]');
    await result.getByText('bad signature').waitFor();
    await result.getByText('svix-signature').waitFor();
    await result.getByText('401', { exact: true }).waitFor();
  });

  pageTest('stored markup stays text wherever it is shown', async ({ fake }) => {
    const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    for (const endpoint of fake.state.endpoints) {
      Object.assign(endpoint, {
        description: markup,
        eventTypes: [markup],
        uid: markup,
        metadata: { [markup]: markup },
      });
    }
    fake.state.headers[`${first}`.split('/')[2]!] = { 'X-Markup': markup };
    for (const path of [
      '/endpoints',
      `${first}`,
      `${first}/security`,
      `${first}/settings`,
      `${first}/testing`,
    ]) {
      const page = await fake.open({ path });
      await loaded(page);
      expect(await page.evaluate(() => document.querySelectorAll('img, script:not([src])').length)).toBe(0);
      expect(await page.title()).toContain('Webhooks');
    }
  });

  pageTest(
    'the chart has the same numbers as a table, and marks the time in which the endpoint was off',
    async ({ fake }) => {
      const page = await fake.open({ path: `${second}` });
      await page.locator('.band').waitFor();
      await page.getByText('Show as table').click();
      expect(await page.locator('.chart-table tbody tr').count()).toBe(24);
      const numbers = await page.locator('.chart-table tbody td').allTextContents();
      const shown = numbers.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0);
      const figures = await page.locator('.figure-value').allTextContents();
      const total = figures.slice(1).reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0);
      expect(shown).toBe(total);
    },
  );

  pageTest('what was missed while the endpoint was off is offered, with its count', async ({ fake }) => {
    const page = await fake.open({ path: `${second}` });
    await page.getByText('This endpoint missed 100 messages while it was off').waitFor();
    await page.getByRole('link', { name: 'Send what was missed' }).click();
    await page.waitForURL(/\/replays\?.*kind=replay-missing/);
  });

  pageTest(
    'an endpoint that is off says since when and why, and is enabled with one click',
    async ({ fake }) => {
      const page = await fake.open({ path: `${off}` });
      await page.getByText('because it answered 410 Gone').waitFor();
      await page.getByRole('button', { name: 'Enable' }).click();
      await page.getByText('Endpoint enabled').waitFor();
      expect(fake.state.endpoints[3]?.disabled).toBe(false);
    },
  );

  pageTest(
    'filters of deliveries are in the address, so that the back button undoes them',
    async ({ fake }) => {
      const page = await fake.open({ path: `${second}/deliveries` });
      await loaded(page);
      await page.getByLabel('Status').selectOption('failed');
      await page.waitForURL('**/deliveries?status=failed');
      await page.locator('tbody .badge.success').first().waitFor({ state: 'detached' });
      await page.goBack();
      await page.locator('tbody .badge.success').first().waitFor();
      await page.goto(`${fake.origin}/portal${second}/deliveries?status=failed`);
      await loaded(page);
      expect(await page.getByLabel('Status').inputValue()).toBe('failed');
    },
  );

  pageTest('lists go forward and back by pages', async ({ fake }) => {
    const page = await fake.open({ path: `${second}/deliveries` });
    await loaded(page);
    const firstRow = await page.locator('tbody tr').first().textContent();
    await page.getByRole('button', { name: 'Older' }).click();
    await page.waitForURL(/page=/);
    await eventually(async () => (await page.locator('tbody tr').first().textContent()) !== firstRow);
    await page.goBack();
    await eventually(async () => (await page.locator('tbody tr').first().textContent()) === firstRow);
  });
});

describe('portal: the signing secret', () => {
  pageTest('is fetched for each click on Reveal, and hidden again', async ({ fake }) => {
    const page = await fake.open({ path: `${first}/security` });
    const asked = () => fake.state.requests.filter((request) => request.endsWith('/secret')).length;
    await loaded(page);
    expect(asked()).toBe(0);
    await page.getByRole('button', { name: 'Reveal' }).click();
    await page.getByText('whsec_C2FVsBQIhrscChlQIMV').waitFor();
    await page.getByRole('button', { name: 'Hide' }).click();
    await page.getByRole('button', { name: 'Reveal' }).click();
    await page.getByText('whsec_C2FVsBQIhrscChlQIMV').waitFor();
    expect(asked()).toBe(2);
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('whsec_');
  });

  pageTest('is rotated after a second step, with the time until which both sign', async ({ fake }) => {
    const page = await fake.open({ path: `${first}/security` });
    await page.getByRole('button', { name: 'Rotate secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' }).click();
    await page.getByText('Webhooks are signed with both secrets until').waitFor();
    expect(Object.keys(fake.state.secrets)).toHaveLength(1);
  });
});

describe('portal: the keyboard', () => {
  pageTest('reaches every control, and a dialog gives the focus back', async ({ fake }) => {
    const page = await fake.open({ path: `${first}/security` });
    await loaded(page);
    const reached = new Set<string>();
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => document.activeElement?.textContent.trim() ?? ''));
    }
    for (const name of ['Skip to content', 'Endpoints', 'Rotate secret', 'Reveal', 'Add header', 'Replace']) {
      expect([...reached]).toContain(name);
    }
    const rotate = page.getByRole('button', { name: 'Rotate secret' });
    await rotate.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // It comes back a timer after the dialog is gone.
    await eventually(() => rotate.evaluate((button) => button === document.activeElement));
  });

  pageTest('opens a row of a table with Enter', async ({ fake }) => {
    const page = await fake.open();
    await page.getByRole('link', { name: 'https://staging.northwind.example/hooks' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${third}`);
  });
});
