import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { populate, screensOf } from '../support/portal/populated.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import { COLOUR_RULES, loaded, visit } from '../support/portal/visit.ts';

const foundBy = async (axe: AxeBuilder): Promise<string[]> => {
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`,
    ),
  );
};

/**
 * WCAG 2.2 A and AA, and axe's best practices, on every screen; in the dark theme only the rules about colours.
 */
const THEMES = [
  ['light', (page: Page) => foundBy(new AxeBuilder({ page }))],
  ['dark', (page: Page) => foundBy(new AxeBuilder({ page }).withRules(COLOUR_RULES))],
] as const;

portalTest('axe finds nothing on any screen, in both themes', async ({ portal }) => {
  const screens = Object.entries(screensOf(await populate(portal.customer)));
  const found: Record<string, string[]> = {};
  for (const [theme, violationsOf] of THEMES) {
    const page = await portal.open({ query: { darkMode: String(theme === 'dark') } });
    await loaded(page);
    for (const [name, path] of screens) {
      await visit(page, path);
      const violations = await violationsOf(page);
      if (violations.length > 0) found[`${name}, ${theme}`] = violations;
    }
  }
  expect(found).toEqual({});
});

describe.each(THEMES)('in the %s theme', (theme, violationsOf) => {
  portalTest('axe finds nothing where there is nothing yet, and without a session', async ({ portal }) => {
    const page = await portal.open({ query: { darkMode: String(theme === 'dark') } });
    await loaded(page);
    for (const path of ['/endpoints', '/messages', '/event-types', '/failures', '/replays']) {
      await visit(page, path);
      expect(await violationsOf(page), path).toEqual([]);
    }
    await page.getByRole('button', { name: 'Display and session' }).click();
    const logOut = page.getByRole('button', { name: 'Log out' });
    await logOut.waitFor();
    expect(await violationsOf(page), 'menu').toEqual([]);
    await logOut.click();
    await page.locator('[data-closed="loggedOut"]').waitFor();
    expect(await violationsOf(page), 'logged out').toEqual([]);
  });
});
