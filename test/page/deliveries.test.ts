import { readFile } from 'node:fs/promises';
import { Webhook } from 'svix';
import { describe, expect } from 'vitest';
import { FAKE_ATTEMPTS, FAKE_MESSAGE, FAKE_PAYLOAD } from '../support/portal/fake-deliveries.ts';
import { pageTest } from '../support/portal/page-test.ts';
import { loaded } from '../support/portal/visit.ts';
import { eventually } from '../support/poll.ts';

const delivery = (attempt: keyof typeof FAKE_ATTEMPTS) =>
  `/messages/${FAKE_MESSAGE}/attempts/${FAKE_ATTEMPTS[attempt]}`;

const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };

describe('portal: a delivery', () => {
  pageTest('says why it failed, what to do, what comes next, and how often it happens', async ({ fake }) => {
    const page = await fake.open({ path: delivery('failed') });
    const explanation = page.locator('.explanation');
    await explanation.getByRole('heading', { name: 'Failed with a 5xx status' }).waitFor();
    await explanation.getByText('The endpoint failed with status 503.').waitFor();
    await explanation.getByText('Check the logs of the server.').waitFor();
    await explanation.getByText(/Next attempt in 2\d min/).waitFor();
    await explanation.getByText(/\d+ attempts at this endpoint failed for this cause/).waitFor();
  });

  pageTest('lists all attempts of the delivery, with the next one', async ({ fake }) => {
    const page = await fake.open({ path: delivery('failed') });
    const entries = page.locator('.timeline-entry');
    await eventually(async () => (await entries.count()) === 3);
    expect(await entries.allInnerTexts()).toEqual([
      expect.stringContaining('Next attempt'),
      expect.stringContaining('This attempt'),
      expect.stringContaining('Timeout while waiting for an answer'),
    ]);
    await page.getByRole('link', { name: 'Timeout while waiting' }).click();
    await page.locator('.explanation').getByText('The endpoint did not answer within 15 sec').waitFor();
    await page.getByText('The endpoint sent no response.').waitFor();
  });

  pageTest('shows request and response as text, with the payload as it was sent', async ({ fake }) => {
    const page = await fake.open({ path: delivery('failed') });
    await page.getByText('<script>document.title = "run"</script>').waitFor();
    await page.getByText('1250.00').waitFor();
    await page.getByText('12345678901234567890').waitFor();
    await page.getByText('Not all headers of the response are stored.').waitFor();
    expect(await page.title()).not.toBe('run');
  });

  pageTest('that succeeded or was canceled says so', async ({ fake }) => {
    const page = await fake.open({ path: delivery('succeeded') });
    await page.getByText('The endpoint accepted the message with status 200.').waitFor();
    await page.goto(`${fake.origin}/portal${delivery('canceled')}`);
    await page.getByText('Why nothing was sent').waitFor();
    await page.getByText('Nothing was sent: the endpoint is disabled.').waitFor();
    expect(await page.getByRole('button', { name: 'Copy as curl' }).count()).toBe(0);
  });

  pageTest(
    'is copied as a curl command with the body byte for byte, and as a link without a token',
    async ({ fake }) => {
      const page = await fake.open({ path: delivery('failed'), ...CLIPBOARD });
      await page.getByRole('button', { name: 'Copy as curl' }).click();
      await page.getByText('Fill in 1 header that is not shown.').waitFor();
      const command = await page.evaluate(() => navigator.clipboard.readText());
      expect(command).toContain(`--data-raw '${FAKE_PAYLOAD}'`);
      expect(command).toContain("-H 'svix-signature: REPLACE_ME'");
      await page.getByRole('button', { name: 'Copy link' }).click();
      await page.getByText('Link copied.').waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        `${fake.origin}/portal${delivery('failed')}`,
      );
    },
  );

  pageTest('is sent again with one click, unless the link allows viewing only', async ({ fake }) => {
    const page = await fake.open({ path: delivery('failed') });
    await page.getByRole('button', { name: 'Resend' }).click();
    await page.getByText('The message is being sent again.').waitFor();
    expect(fake.state.requests.filter((one) => one.endsWith('/resend'))).toHaveLength(1);
    fake.state.capabilities = ['ViewBase'];
    const other = await fake.open({ path: delivery('failed') });
    await loaded(other);
    expect(await other.getByRole('button', { name: 'Resend' }).count()).toBe(0);
  });

  pageTest(
    'whose receiver refuses the signature is checked in the page, and nothing is sent for it',
    async ({ fake }) => {
      const page = await fake.open({ path: delivery('failed') });
      // The check compares with the body that was sent.
      await loaded(page);
      await page.getByText('Check a signature').click();
      const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
      const now = new Date();
      const signature = new Webhook(secret).sign(FAKE_MESSAGE, now, FAKE_PAYLOAD);
      const before = fake.state.requests.length;
      const check = async (body: string, used: string, said: string) => {
        const headers = [
          ['svix-id', FAKE_MESSAGE],
          ['svix-timestamp', String(Math.floor(now.getTime() / 1000))],
          ['svix-signature', signature],
        ].map((header) => header.join(': '));
        await page.getByRole('textbox', { name: 'Headers' }).fill(headers.join('\n'));
        await page.getByRole('textbox', { name: 'Body' }).fill(body);
        await page.getByLabel('Signing secret').fill(used);
        await page.getByRole('button', { name: 'Check', exact: true }).click();
        await page.getByText(said).waitFor();
      };
      await check(FAKE_PAYLOAD, secret, 'The signature matches');
      await check(JSON.stringify({ other: 1 }), secret, 'The body is not the one that was sent');
      await check(`${FAKE_PAYLOAD}\n`, secret, 'A line break at the end was added');
      await check(FAKE_PAYLOAD, `"${secret}"`, 'The secret is in quotes.');
      await check(FAKE_PAYLOAD, 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'The signature matches in no form');
      const asked = fake.state.requests.slice(before).filter((one) => !one.startsWith('GET'));
      expect(asked).toEqual([]);
    },
  );
});

describe('portal: messages', () => {
  pageTest('are filtered on the server, with the filters in the address', async ({ fake }) => {
    const page = await fake.open({ path: '/messages' });
    await loaded(page);
    await page.getByLabel('Event type').fill('invoice.paid');
    await page.waitForURL('**/messages?type=invoice.paid');
    await page.getByLabel('Endpoint', { exact: true }).selectOption({ index: 2 });
    await page.getByLabel('Status').selectOption('failed');
    await page.getByLabel('Tag').fill('priority');
    await page.keyboard.press('Enter');
    await page.waitForURL(/tag=priority/);
    await eventually(async () => fake.state.asked.some(({ address }) => address.includes('tag=priority')));
    const last = new URL(
      fake.state.asked.findLast(({ address }) => address.includes('/msg?'))!.address.slice(4),
      fake.origin,
    );
    expect(Object.fromEntries(last.searchParams)).toMatchObject({
      ...{ status: '2', event_types: 'invoice.paid', tag: 'priority', limit: '50' },
    });
    await page.goBack();
    await page.waitForURL((url) => !url.search.includes('tag='));
    await page.getByRole('button', { name: 'Remove invoice.paid' }).click();
    await page.waitForURL((url) => !url.search.includes('type='));
  });

  pageTest('are paged, found by id, and exported as they are filtered', async ({ fake }) => {
    const page = await fake.open({ path: '/messages', acceptDownloads: true });
    await loaded(page);
    await page.getByRole('button', { name: 'Older' }).click();
    await page.waitForURL('**/messages?page=20');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const csv = await readFile(await download.path(), 'utf8');
    expect(csv.split('\r\n')).toHaveLength(50 + 2);
    expect(download.suggestedFilename()).toMatch(/^messages-.*\.csv$/);
    await page.getByLabel('Find by id').fill(FAKE_MESSAGE);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/messages/${FAKE_MESSAGE}`);
    await page.getByText('1250.00').waitFor();
  });

  pageTest('appear by themselves only while that is switched on', async ({ fake }) => {
    const page = await fake.open({ path: '/messages' });
    await loaded(page);
    const lists = () => fake.state.requests.filter((one) => one.endsWith('/msg')).length;
    const before = lists();
    await page.getByRole('button', { name: 'Live' }).click();
    await page.getByText('New messages appear by themselves.').waitFor();
    await eventually(async () => lists() > before);
  });

  pageTest('show their deliveries by endpoint, each with its attempts', async ({ fake }) => {
    const page = await fake.open({ path: `/messages/${FAKE_MESSAGE}` });
    await loaded(page);
    const rows = page.getByRole('table', { name: 'Deliveries by endpoint' }).locator('tbody tr');
    expect(await rows.count()).toBe(2);
    await rows.getByText('4 attempts').click();
    await rows
      .getByRole('link', { name: /^\w{3} \d/ })
      .first()
      .click();
    await page.waitForURL('**/attempts/**');
  });

  pageTest('say why the list is empty', async ({ fake }) => {
    fake.state.isEmpty = true;
    const page = await fake.open({ path: '/messages' });
    await page.getByRole('heading', { name: 'No messages yet' }).waitFor();
    await page.goto(`${fake.origin}/portal/messages?type=order.created`);
    await page.getByRole('button', { name: 'Clear filters' }).last().click();
    await page.getByRole('heading', { name: 'No messages yet' }).waitFor();
  });
});

describe('portal: the event catalog', () => {
  pageTest('shows schema and example of a type, whose example is copied', async ({ fake }) => {
    const page = await fake.open({ path: '/event-types', ...CLIPBOARD });
    await page.getByLabel('Search event types').fill('invoice fin');
    await page.getByRole('link', { name: 'invoice.finalized' }).click();
    await page.getByText('This event type is going to be removed.').waitFor();
    await page.getByRole('button', { name: 'Copy as fixture' }).click();
    await eventually(async () => (await page.evaluate(() => navigator.clipboard.readText())).startsWith('{'));
    const copied: unknown = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(copied).toEqual({ id: 'invoice_123', type: 'invoice.finalized' });
  });
});
