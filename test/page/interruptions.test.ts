import { AxeBuilder } from '@axe-core/playwright';
import type { Page, Route } from 'playwright-core';
import { describe, expect } from 'vitest';
import { fakeEndpoints } from '../support/portal/fake-data.ts';
import { FAKE_ATTEMPTS, FAKE_MESSAGE } from '../support/portal/fake-deliveries.ts';
import { pageTest } from '../support/portal/page-test.ts';
import type { FakePortal } from '../support/portal/page-test.ts';
import { eventually } from '../support/poll.ts';
import { loaded, visit } from '../support/portal/visit.ts';

const [first, second] = fakeEndpoints(0).map(({ id }) => `/endpoints/${id}`);

const missing = (route: Route) =>
  route.fulfill({ status: 404, json: { code: 'not_found', detail: 'Entity not found' } });

/** Opens a screen that never asks by itself, so that what a test does is the first to learn of a change. */
const openUnpolled = async (fake: FakePortal, path: string): Promise<Page> => {
  const page = await fake.open();
  await loaded(page);
  await page.addInitScript(() => Object.defineProperty(document, 'visibilityState', { value: 'hidden' }));
  await page.goto(`${fake.origin}/portal${path}`);
  await loaded(page);
  return page;
};

/** Screens of what may be deleted elsewhere: all of their requests that fail then, what they say, and where they lead. */
const SUBJECTS = [
  [
    `${first}`,
    new RegExp(`/endpoint/${first?.split('/')[2]}(?=[/?]|$)`),
    'This endpoint was deleted',
    'Endpoints',
  ],
  [`/messages/${FAKE_MESSAGE}`, /\/msg\/[^/]+/, 'This message is no longer stored', 'Messages'],
  [
    `/messages/${FAKE_MESSAGE}/attempts/${FAKE_ATTEMPTS.failed}`,
    /\/msg\/[^/]+/,
    'This attempt is no longer stored',
    'Messages',
  ],
  ['/replays/qtask_1', /\/background-task\//, 'This run is no longer stored', 'Recover and replay'],
  ['/event-types/invoice.paid', /\/event-type\//, 'This event type no longer exists', 'All event types'],
] as const;

describe('portal: what is deleted elsewhere', () => {
  pageTest.for(SUBJECTS)(
    'while %s is open is no longer shown, and the screen leads back',
    async ([path, requests, title, back], { fake }) => {
      const page = await fake.open();
      await page.clock.install();
      await page.goto(`${fake.origin}/portal/endpoints`);
      await visit(page, path);
      await page.route(requests, missing);
      await page.clock.fastForward(65_000);
      const state = page.locator('[data-missing="deleted"]');
      await state.getByRole('heading', { name: title }).waitFor();
      await state.getByRole('link', { name: back }).click();
      await state.waitFor({ state: 'detached' });
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  );

  const COMMANDS: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
    [
      'changed settings',
      'settings',
      async (page) => {
        await page.getByLabel('Description').fill('New');
        await page.getByRole('button', { name: 'Save changes' }).click();
      },
    ],
    [
      'a deletion',
      'settings',
      async (page) => {
        await page.getByRole('button', { name: 'Delete' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      },
    ],
    [
      'a new header',
      'security',
      async (page) => {
        await page.getByRole('button', { name: 'Add header' }).click();
        await page.getByRole('dialog').getByLabel('Name').fill('X-Key');
        await page.getByRole('dialog').getByLabel('Value').fill('1');
        await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click();
      },
    ],
    ['a test', 'testing', (page) => page.getByRole('button', { name: 'Send test' }).click()],
  ];
  pageTest.for(COMMANDS)(
    '%s of a deleted endpoint leads to a screen that says so',
    async ([, tab, act], { fake }) => {
      const page = await openUnpolled(fake, `${first}/${tab}`);
      fake.state.endpoints = fake.state.endpoints.slice(1);
      await act(page);
      await page.getByRole('heading', { name: 'This endpoint was deleted' }).waitFor();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.locator('main#content:focus').waitFor();
    },
  );
});

describe('portal: a session that could not be opened', () => {
  pageTest('is tried again by itself, without a blink of its screen', async ({ fake }) => {
    fake.state.failWith = 500;
    const page = await fake.open();
    await page.locator('[data-closed="unreachable"]').waitFor();
    await page.clock.install();
    await page.reload();
    await page.getByRole('button', { name: 'Try again' }).evaluate((button: HTMLElement) => {
      button.id = 'same';
      button.focus();
    });
    const asked = () => fake.state.requests.filter((one) => one.endsWith('/whoami')).length;
    const before = asked();
    await page.clock.fastForward(6_000);
    await eventually(() => Promise.resolve(asked() > before));
    await page.locator('#same:focus').waitFor();
    fake.state.failWith = null;
    // The longest pause; less is needed after two failures.
    await page.clock.fastForward(61_000);
    await page.getByRole('heading', { name: 'Endpoints' }).waitFor();
  });
});

describe('portal: a session that ends', () => {
  const ended = (page: Page) => page.getByRole('dialog', { name: 'Your session has ended' });
  const stored = (page: Page) => page.evaluate(() => sessionStorage.getItem('posthorn.session'));

  pageTest(
    'leaves a form that is not saved on the screen, until its reader is done with it',
    async ({ fake }) => {
      const page = await openUnpolled(fake, `${first}/settings`);
      await page.getByLabel('Description').fill('Typed for an hour');
      fake.state.expired = true;
      await page.getByRole('button', { name: 'Save changes' }).click();
      await ended(page).getByText('What you typed is still here').waitFor();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      await ended(page).getByRole('button', { name: 'Back to what I typed' }).click();
      await ended(page).waitFor({ state: 'detached' });
      await eventually(
        async () => (await page.getByLabel('Description').inputValue()) === 'Typed for an hour',
      );
      await eventually(async () => (await stored(page)) === null);
      await page.getByRole('button', { name: 'I am done here' }).click();
      await page.locator('[data-closed="expired"]').waitFor();
    },
  );

  pageTest('leaves a dialog with input open, and is over once that is closed', async ({ fake }) => {
    const page = await openUnpolled(fake, `${first}/security`);
    await page.getByRole('button', { name: 'Add header' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add header' });
    await dialog.getByLabel('Name').fill('X-Key');
    await dialog.getByLabel('Value').fill('typed');
    fake.state.expired = true;
    await dialog.getByRole('button', { name: 'Save changes' }).click();
    await ended(page).getByRole('button', { name: 'Close' }).click();
    await ended(page).waitFor({ state: 'detached' });
    await eventually(async () => (await dialog.getByLabel('Value').inputValue()) === 'typed');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('[data-closed="expired"]').waitFor();
  });

  pageTest('is over at once where nothing was typed', async ({ fake }) => {
    const page = await openUnpolled(fake, `${first}/testing`);
    fake.state.expired = true;
    await page.getByRole('button', { name: 'Send test' }).click();
    await page.locator('[data-closed="expired"]').waitFor();
  });
});

describe('portal: a part of a screen that could not be loaded', () => {
  const refused = (route: Route) => route.fulfill({ status: 403, json: { code: 'forbidden', detail: '' } });

  pageTest('is named where an endpoint is created without the events to choose from', async ({ fake }) => {
    const page = await fake.open();
    await loaded(page);
    await page.route(/\/event-type\?/, refused);
    await visit(page, '/endpoints/new');
    await page.getByLabel('Endpoint URL').fill('https://shop.example/hooks');
    await page.getByRole('button', { name: 'Create endpoint' }).click();
    await page.getByText('The events to choose from could not be loaded yet.').waitFor();
  });

  pageTest.for([
    [`${first}/testing`, /\/event-type\?/, 'Event type: This could not be loaded.'],
    [
      `${first}/security`,
      /\/attempt\/endpoint\//,
      'Which headers your webhooks are signed with: This could not be loaded.',
    ],
  ] as const)('is named on %s', async ([path, requests, text], { fake }) => {
    const page = await fake.open();
    await loaded(page);
    await page.route(requests, refused);
    await visit(page, path);
    await page.getByText(text).waitFor();
  });
});

describe('portal: what cannot be renewed', () => {
  pageTest(
    'stays on the screen with a note that it may be out of date, until it is renewed',
    async ({ fake }) => {
      const page = await fake.open();
      await page.clock.install();
      await page.reload();
      await loaded(page);
      const note = page.getByText('What you see may be out of date: it could not be renewed.');
      fake.state.failWith = 429;
      await page.clock.fastForward(30_000);
      await note.waitFor();
      await page.getByText('Billing production').waitFor();
      fake.state.failWith = null;
      await page.clock.fastForward(70_000);
      await note.waitFor({ state: 'detached' });
    },
  );
});

describe('portal: a list', () => {
  pageTest.for([
    ['/messages', /\/msg\?.*iterator=/],
    [`${second}/deliveries`, /\/attempt\/endpoint\/.*iterator=/],
  ] as const)(
    '%s is marked as busy until its next page is there, and keeps the focus of the reader',
    async ([path, request], { fake }) => {
      const page = await fake.open({ path });
      await loaded(page);
      const answer = Promise.withResolvers<undefined>();
      await page.route(request, async (route) => {
        await answer.promise;
        await route.continue();
      });
      await page.getByRole('button', { name: 'Older' }).focus();
      await page.keyboard.press('Enter');
      const busy = page.locator('.busy-area[aria-busy="true"]');
      await busy.getByRole('table').waitFor();
      await page.getByRole('status').getByText('Loading…').waitFor();
      answer.resolve(undefined);
      await busy.waitFor({ state: 'detached' });
      await page.locator('button:focus', { hasText: 'Older' }).waitFor();
    },
  );

  pageTest(
    'whose next page fails does not show the page before it while it is tried again',
    async ({ fake }) => {
      const page = await fake.open({ path: '/messages' });
      await loaded(page);
      const answer = Promise.withResolvers<undefined>();
      let asked = 0;
      await page.route(/\/msg\?.*iterator=/, async (route) => {
        asked += 1;
        if (asked > 1) await answer.promise;
        await (asked > 1 ? route.continue() : route.fulfill({ status: 403, json: {} }));
      });
      await page.getByRole('button', { name: 'Older' }).click();
      const retry = page.getByRole('button', { name: 'Try again' });
      await retry.click();
      await page.locator('main button[aria-busy="true"]').waitFor();
      await eventually(() => Promise.resolve(asked === 2));
      await page.getByRole('table').waitFor({ state: 'detached' });
      answer.resolve(undefined);
      await page.getByRole('table').waitFor();
    },
  );
});
