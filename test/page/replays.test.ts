import { describe, expect } from 'vitest';
import { FAKE_ESTIMATE } from '../support/portal/fake-deliveries.ts';
import { fakeEndpoints } from '../support/portal/fake-data.ts';
import { pageTest } from '../support/portal/page-test.ts';
import { loaded } from '../support/portal/visit.ts';
import { eventually } from '../support/poll.ts';

const [, second] = fakeEndpoints(0).map(({ id }) => id);

describe('portal: failures', () => {
  pageTest('are grouped by cause, and those of one cause are sent again with a preview', async ({ fake }) => {
    const page = await fake.open({ path: '/failures' });
    await page.getByRole('table', { name: 'By cause' }).getByText('Failed with a 5xx status').waitFor();
    await page.getByRole('table', { name: 'By endpoint' }).getByRole('button').first().click();
    await page.waitForURL(`**/failures?endpoint=${second}`);
    await page.getByRole('link', { name: 'Send again what failed: Failed with a 5xx status' }).click();
    await page.getByText(`${FAKE_ESTIMATE} messages would be sent.`).waitFor();
    const sends = () => fake.state.asked.filter(({ address }) => address.includes('/recover'));
    expect(sends()).toMatchObject([{ body: { causes: ['status_5xx'] } }]);
    await page.getByRole('button', { name: `Send ${FAKE_ESTIMATE} messages` }).click();
    await page.waitForURL('**/replays/qtask_1');
    const sent = sends();
    expect(sent.map(({ address }) => address.includes('dry_run=true'))).toEqual([true, false]);
    expect(sent[0]?.body).toEqual(sent[1]?.body);
  });

  pageTest('say so where there are none', async ({ fake }) => {
    fake.state.isEmpty = true;
    const page = await fake.open({ path: '/failures' });
    await page.getByRole('heading', { name: 'Nothing failed in this time' }).waitFor();
  });
});

describe('portal: replays', () => {
  pageTest(
    'offer what was missed while the endpoint was off, and count it with one click',
    async ({ fake }) => {
      const page = await fake.open({ path: '/replays' });
      await page.getByLabel('Endpoint', { exact: true }).selectOption(`${second}`);
      await page.getByText('100 messages were not sent').waitFor();
      await page.getByRole('button', { name: 'Send what was missed' }).click();
      await page.getByText(`${FAKE_ESTIMATE} messages would be sent.`).waitFor();
      expect(fake.state.asked.some(({ address }) => address.includes('/replay-missing?'))).toBe(true);
    },
  );

  pageTest('keep the place of what an endpoint missed while that is being counted', async ({ fake }) => {
    const page = await fake.open({ path: '/replays' });
    await loaded(page);
    const counted = Promise.withResolvers<undefined>();
    await page.route('**/off-spans?**', async (route) => {
      await counted.promise;
      await route.continue();
    });
    await page.getByLabel('Endpoint', { exact: true }).selectOption(`${second}`);
    const spans = page.getByRole('region', { name: 'Times in which this endpoint was off' });
    await spans.getByRole('status', { name: 'Loading' }).waitFor();
    counted.resolve(undefined);
    await spans.getByText('100 messages were not sent').waitFor();
  });

  pageTest('cannot send what was not counted: a changed choice is counted again', async ({ fake }) => {
    const page = await fake.open({
      path: `/replays?endpoint=${second}&since=${new Date(Date.now() - 86_400_000).toISOString()}`,
    });
    await page.getByRole('button', { name: /^Send 500/ }).waitFor();
    await page.getByLabel('Speed').selectOption('5');
    await page.getByText('The choice was changed. Preview it again.').waitFor();
    expect(await page.getByRole('button', { name: /^Send 500/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('Time needed: 100 sec').waitFor();
  });

  pageTest('say what is missing before they count', async ({ fake }) => {
    const page = await fake.open({ path: '/replays' });
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('Choose an endpoint', { exact: true }).last().waitFor();
    await page.getByLabel('Endpoint', { exact: true }).selectOption(`${second}`);
    await page.getByText('Choose from when on.').waitFor();
    expect(fake.state.requests.filter((one) => one.startsWith('POST'))).toEqual([]);
  });

  pageTest('show their progress, and stop after a second step', async ({ fake }) => {
    const page = await fake.open({ path: '/replays/qtask_1' });
    await page.getByText('40% · 200 messages sent').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Stop the run' }).click();
    await page.getByText('The run was stopped.').waitFor();
    await page.locator('.badge', { hasText: 'Stopped' }).waitFor();
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
  });

  pageTest('can only be watched with a link that allows viewing', async ({ fake }) => {
    fake.state.capabilities = ['ViewBase'];
    const page = await fake.open({ path: '/replays' });
    await page.getByText('Your link allows you to watch runs').waitFor();
    await loaded(page);
    expect(await page.getByRole('button', { name: 'Preview' }).count()).toBe(0);
    await page.goto(`${fake.origin}/portal/replays/qtask_1`);
    await page.getByText('40% · 200 messages sent').waitFor();
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
    await page.goto(`${fake.origin}/portal/failures?endpoint=${second}`);
    await page.getByRole('table', { name: 'By cause' }).waitFor();
    await eventually(async () => (await page.getByRole('link', { name: /^Send again/ }).count()) === 0);
  });
});
