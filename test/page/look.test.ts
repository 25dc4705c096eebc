import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { snippetsFor } from '../../portal/src/lib/snippets/snippets.ts';
import { FAKE_ATTEMPTS, FAKE_MESSAGE } from '../support/portal/fake-deliveries.ts';
import { fakeEndpoints } from '../support/portal/fake-data.ts';
import { pageTest } from '../support/portal/page-test.ts';
import { COLOUR_RULES, loaded, overflowOf } from '../support/portal/visit.ts';

const [first, second, third, off, fresh] = fakeEndpoints(0).map(({ id }) => `/endpoints/${id}`);

const SCREENS = [
  ...['/endpoints', '/endpoints/new', `${second}`, `${off}`, `${third}`, `${fresh}`, `${second}/deliveries`],
  ...[`${second}/failures`, `${first}/testing`, `${first}/security`, `${first}/settings`, '/nothing/here'],
  ...[
    '/messages',
    `/messages?endpoint=${second?.split('/')[2] ?? ''}`,
    `/messages/${FAKE_MESSAGE}`,
    '/event-types',
  ],
  ...Object.values(FAKE_ATTEMPTS).map((attempt) => `/messages/${FAKE_MESSAGE}/attempts/${attempt}`),
  ...['/event-types/invoice.paid', '/failures', '/replays', '/replays/qtask_1'],
];

/** What axe finds on the page, as sentences. */
const violations = (page: Page) => foundBy(new AxeBuilder({ page }));
/** What it finds in colours. */
const colourViolations = (page: Page) => foundBy(new AxeBuilder({ page }).withRules(COLOUR_RULES));

const foundBy = async (axe: AxeBuilder): Promise<string[]> => {
  const found = await axe.analyze();
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`),
  );
};

pageTest.for(SCREENS)(
  'portal: %s has no fault that axe finds, and is no wider than the window',
  async (path, { fake }) => {
    const page = await fake.open({ path });
    await loaded(page);
    expect(await violations(page)).toEqual([]);
    for (const width of [360, 640, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      expect([width, await overflowOf(page)]).toEqual([width, 0]);
    }
  },
);

pageTest.for(SCREENS)('portal: %s has enough contrast in the dark theme', async (path, { fake }) => {
  const page = await fake.open({ path, query: { darkMode: 'true' } });
  await loaded(page);
  expect(await colourViolations(page)).toEqual([]);
});

describe.each([
  ['light', violations],
  ['dark', colourViolations],
] as const)('portal in its %s theme', (theme, found) => {
  const query = { darkMode: String(theme === 'dark') };

  pageTest('keeps its contrast under any brand colour', async ({ fake }) => {
    for (const primaryColor of ['ffff00', '000000', '7f7f7f', 'ff2d95']) {
      const page = await fake.open({ path: `${second}`, query: { ...query, primaryColor } });
      await loaded(page);
      expect([primaryColor, await colourViolations(page)]).toEqual([primaryColor, []]);
    }
  });

  pageTest('has no fault that axe finds in dialogs and menus', async ({ fake }) => {
    const page = await fake.open({ path: `${first}/security`, query });
    const dialog = page.getByRole('dialog');
    for (const name of ['Rotate secret', 'Add header']) {
      await page.getByRole('button', { name }).click();
      await dialog.waitFor();
      expect(await found(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: 'Display and session' }).click();
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    expect(await found(page)).toEqual([]);
  });
});

/** What fails in the next test, with what its screen must say. A refusal, which is not tried again by itself. */
const PARTS = [
  ['/endpoints', /attempt-stats/, 'Unknown'],
  [`${second}`, /off-spans/, 'Times in which this endpoint was off: This could not be loaded.'],
  ['/messages', /\/endpoint\?/, 'Endpoint: This could not be loaded.'],
  [
    `/replays?endpoint=${second?.split('/')[2] ?? ''}`,
    /\/(?:failures|off-spans)\?/,
    'This could not be loaded.',
  ],
  [
    `/messages/${FAKE_MESSAGE}/attempts/${FAKE_ATTEMPTS.failed}`,
    /\/failures$/,
    'Attempts that failed for the same cause: This could not be loaded.',
  ],
  [
    `/messages/${FAKE_MESSAGE}/attempts/${FAKE_ATTEMPTS.failed}`,
    new RegExp(`/msg/${FAKE_MESSAGE}$`),
    'This could not be loaded',
  ],
] as const;

pageTest.for(PARTS)(
  'portal: %s without the answer of %s says so, without a fault that axe finds',
  async ([path, address, text], { fake }) => {
    const page = await fake.open({ path: '/nothing' });
    await loaded(page);
    await page.route(address, (route) =>
      route.fulfill({ status: 403, json: { code: 'forbidden', detail: '' } }),
    );
    await page.goto(`${fake.origin}/portal${path}`);
    await page.getByText(text).first().waitFor();
    await loaded(page);
    expect(await violations(page)).toEqual([]);
  },
);

describe('portal in the pseudo-locale', () => {
  pageTest.for(SCREENS)('%s shows no text that is not translated, and clips none', async (path, { fake }) => {
    const page = await fake.open({ path, query: { locale: 'en-XA' } });
    await loaded(page);
    const texts = await page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found: string[] = [];
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const parent = node.parentElement;
        const isShown = parent !== null && parent.closest('time, pre, [translate=no], svg') === null;
        if (isShown) found.push((node.textContent ?? '').trim());
      }
      return found;
    });
    const data = fake.state.served.join('\n');
    const isData = (text: string) => data.includes(JSON.stringify(text).slice(1, -1));
    const isUntranslated = (text: string) =>
      /[a-z]{3}/i.test(text.replaceAll(/\[[^\]]*\]/g, '')) && !/[\u00c0-\u1fff]/.test(text) && !isData(text);
    const names = [...snippetsFor('svix').map(({ language }) => language), 'English', 'Deutsch', 'https://'];
    // Written by Intl in the language of the pseudo-locale.
    const isDuration = (text: string) => /^[\d.,]+ (?:ms|sec|min|hr|days?)$/.test(text);
    const isAllowed = (text: string) => names.includes(text) || isDuration(text);
    expect(texts.filter((text) => isUntranslated(text) && !isAllowed(text))).toEqual([]);
    const clipped = await page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          'button, a, .badge, .label, th, h1, h2, .card-title, .segment',
        ),
      ]
        .filter((one) => one.offsetParent !== null && one.scrollWidth > one.clientWidth + 1)
        .filter((one) => getComputedStyle(one).overflowX === 'hidden')
        .map((one) => one.textContent),
    );
    expect(clipped).toEqual([]);
  });
});

pageTest(
  'portal is in German where it is the language of the browser, with dates as they are written there',
  async ({ fake }) => {
    const page = await fake.open({ locale: 'de-AT' });
    await page.getByRole('heading', { name: 'Endpunkte' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  },
);

pageTest('portal changes language and appearance from its menu, without a reload', async ({ fake }) => {
  const page = await fake.open();
  await page.getByRole('button', { name: 'Display and session' }).click();
  await page.getByLabel('Appearance').selectOption('dark');
  await page.getByLabel('Language').selectOption('de');
  await page.getByRole('heading', { name: 'Endpunkte' }).waitFor();
  expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe('dark');
});

pageTest('portal paints an opaque ground in its first frame, before its script runs', async ({ fake }) => {
  const page = await fake.open({ javaScriptEnabled: false });
  const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect(ground).toMatch(/^rgb\(/);
});

pageTest('portal shows the current tab where a phone has no room for all of them', async ({ fake }) => {
  const page = await fake.open({ path: `${first}/settings`, viewport: { width: 360, height: 700 } });
  await loaded(page);
  const box = await page.locator('.tab[aria-current]').boundingBox();
  expect(box!.x).toBeGreaterThanOrEqual(0);
  expect(box!.x + box!.width).toBeLessThanOrEqual(360);
});
