import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { snippetsFor } from '../../portal/src/lib/snippets/snippets.ts';
import { populate, screensOf } from '../support/portal/populated.ts';
import type { Portal } from '../support/portal/portal-test.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import { loaded, overflowOf, visit } from '../support/portal/visit.ts';
import { clippedIn, focused, markControls, textsOf } from './in-page.ts';

/** Checks every screen, and collects what is wrong by its name. */
const onEveryScreen = async (
  portal: Portal,
  page: Page,
  faultsOf: (page: Page) => Promise<readonly string[]>,
): Promise<Record<string, readonly string[]>> => {
  const made = await populate(portal.customer);
  const found: Record<string, readonly string[]> = {};
  for (const [name, path] of Object.entries(screensOf(made))) {
    await visit(page, path);
    const faults = await faultsOf(page);
    if (faults.length > 0) found[name] = faults;
  }
  return found;
};

/** Answers of the API, whose texts are data. */
const answersOf = (page: Page): (() => Promise<string>) => {
  const answers: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/api/v1/')) answers.push(response.text().catch(() => ''));
  });
  return async () => (await Promise.all(answers)).join('\n');
};

describe('on every screen of the portal', () => {
  portalTest('nothing is wider than the window, at 360 px and at 200 % zoom', async ({ portal }) => {
    const page = await portal.open();
    await loaded(page);
    // 1280 px at 200 % are 640 px.
    const found = await onEveryScreen(portal, page, async () => {
      const faults: string[] = [];
      for (const width of [640, 360]) {
        await page.setViewportSize({ width, height: 800 });
        const overflow = await overflowOf(page);
        if (overflow > 0) faults.push(`${overflow} px at ${width} px`);
      }
      return faults;
    });
    expect(found).toEqual({});
  });

  portalTest(
    'every text comes from the catalogue, and none is cut off: in the pseudo-locale',
    async ({ portal }) => {
      const { url } = await portal.link({ query: { locale: 'en-XA' } });
      const page = await portal.tab();
      const answers = answersOf(page);
      await page.goto(url);
      await loaded(page);
      const languages = snippetsFor('svix').map(({ language }) => language);
      const names = [...languages, 'English', 'Deutsch', 'https://', 'svix.ping'];
      const found = await onEveryScreen(portal, page, async () => {
        const texts = await textsOf(page);
        const data = await answers();
        const isData = (text: string) =>
          data.includes(JSON.stringify(text).slice(1, -1)) || names.includes(text);
        const isUntranslated = (text: string) =>
          /[a-z]{3}/i.test(text.replaceAll(/\[[^\]]*\]/g, '')) &&
          !/[\u00c0-\u1fff]/.test(text) &&
          !isData(text);
        return [
          ...texts.filter(isUntranslated).map((text) => `not translated: ${text}`),
          ...(await clippedIn(page)).map((text) => `cut off: ${text}`),
        ];
      });
      expect(found).toEqual({});
    },
  );

  portalTest('the keyboard reaches every control in turn, and shows where it is', async ({ portal }) => {
    const page = await portal.open();
    await loaded(page);
    const found = await onEveryScreen(portal, page, async () => {
      const controls = await markControls(page);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      const reached = new Set<string>();
      const faults: string[] = [];
      // A date has a stop for each of its parts.
      for (let step = 0; step < 3 * controls.length && reached.size < controls.length; step += 1) {
        await page.keyboard.press('Tab');
        const { control, isVisible } = await focused(page);
        if (control !== '') reached.add(control);
        if (!isVisible) faults.push(`no visible focus: ${controls[Number(control)] ?? control}`);
      }
      return [
        ...faults,
        ...controls.filter((_, index) => !reached.has(String(index))).map((one) => `not reached: ${one}`),
      ];
    });
    expect(found).toEqual({});
  });
});
