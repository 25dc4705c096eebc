import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { populate, screensOf } from '../support/portal/populated.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import { loaded, visit } from '../support/portal/visit.ts';

/** WCAG 2.2 A and AA, and axe's best practices, on every screen. */
const violationsOf = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`,
    ),
  );
};

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  portalTest('axe finds nothing on any screen', async ({ portal }) => {
    const made = await populate(portal.customer);
    const page = await portal.open({ query: { darkMode: String(theme === 'dark') } });
    await loaded(page);
    const found: Record<string, string[]> = {};
    for (const [name, path] of Object.entries(screensOf(made))) {
      await visit(page, path);
      const violations = await violationsOf(page);
      if (violations.length > 0) found[name] = violations;
    }
    expect(found).toEqual({});
  });

  portalTest('axe finds nothing where there is nothing yet, and without a session', async ({ portal }) => {
    const page = await portal.open({ query: { darkMode: String(theme === 'dark') } });
    await loaded(page);
    for (const path of ['/endpoints', '/messages', '/event-types', '/failures', '/replays']) {
      await visit(page, path);
      expect(await violationsOf(page), path).toEqual([]);
    }
    await page.getByRole('button', { name: 'Display and session' }).click();
    expect(await violationsOf(page), 'menu').toEqual([]);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.locator('[data-closed="loggedOut"]').waitFor();
    expect(await violationsOf(page), 'logged out').toEqual([]);
  });
});
