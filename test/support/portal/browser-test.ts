import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { browserRequired, findBrowser, launchBrowser } from '../../../scripts/portal/browser.ts';
import { DEADLINE_MS } from '../limits.ts';
import { watchContext } from './watch.ts';
import type { Watch } from './watch.ts';

/** How long the page may take to show something; on a stack that is there already, a mistake is found at once. */
const PATIENCE_MS = process.env['POSTHORN_JOIN'] === undefined ? DEADLINE_MS : 15_000;

const DESKTOP: BrowserContextOptions = {
  viewport: { width: 1280, height: 900 },
  locale: 'en-US',
  timezoneId: 'Europe/Berlin',
  reducedMotion: 'reduce',
};

/** A test with the browser of its file; a text instead says why there is none. */
export const browserTest = it.extend<{ readonly browser: Browser | string }>({
  browser: [
    async ({}, use) => {
      const found = findBrowser();
      if (found.kind === 'missing') {
        if (browserRequired()) throw new Error(found.why);
        await use(found.why);
        return;
      }
      const browser = await launchBrowser(found.path);
      await use(browser);
      await browser.close();
    },
    { scope: 'file' },
  ],
});

export interface Tabs {
  /** A tab of its own that has nothing stored. */
  readonly tab: (options?: BrowserContextOptions) => Promise<Page>;
  /** Closes all, and fails if one of them did what no page of the portal may do. */
  readonly close: () => Promise<void>;
}

export const watchedTabs = (browser: Browser, watch: Watch): Tabs => {
  const contexts: { close(): Promise<void> }[] = [];
  return {
    tab: async (options = {}) => {
      const context = await browser.newContext({ ...DESKTOP, ...options });
      contexts.push(context);
      context.setDefaultTimeout(PATIENCE_MS);
      watchContext(context, watch);
      return context.newPage();
    },
    close: async () => {
      for (const context of contexts) await context.close();
      expect(watch.faults).toEqual([]);
    },
  };
};

export const watchOf = (origins: readonly string[]): Watch => ({
  ...{ secrets: new Set(), origins: new Set(origins), requests: [], faults: [], expected: [] },
});
