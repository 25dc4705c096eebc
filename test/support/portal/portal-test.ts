import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { DEADLINE_MS } from '../limits.ts';
import { browserRequired, findBrowser, launchBrowser } from '../browser.ts';
import { freshCustomer } from './customer.ts';
import type { Customer, PortalLink } from './customer.ts';
import { watchContext } from './watch.ts';
import type { Watch } from './watch.ts';

export interface OpenOptions extends BrowserContextOptions {
  readonly grant?: object;
  readonly query?: Readonly<Record<string, string>>;
}

export interface Portal {
  readonly customer: Customer;
  readonly watch: Watch;
  /** A tab of its own that has nothing stored. */
  readonly tab: (options?: BrowserContextOptions) => Promise<Page>;
  /** A new link, opened in a tab of its own. */
  readonly open: (options?: OpenOptions) => Promise<Page>;
  /** A new link, whose token must appear nowhere from now on. */
  readonly link: (options?: OpenOptions) => Promise<PortalLink>;
}

/** How long the page may take to show something; on a stack that is there already, a mistake is found at once. */
const PATIENCE_MS = process.env['POSTHORN_JOIN'] === undefined ? DEADLINE_MS : 15_000;

const DESKTOP: BrowserContextOptions = {
  viewport: { width: 1280, height: 900 },
  locale: 'en-US',
  timezoneId: 'Europe/Berlin',
  reducedMotion: 'reduce',
};

interface Fixtures {
  readonly browser: Browser | string;
  readonly portal: Portal;
}

/**
 * Tests of the page in a browser, each with a new customer. After each, whatever it did: no request left the origin of the
 * page, no address, Referer or console line contained the token, and nothing violated the page's policy or threw.
 */
export const portalTest = it.extend<Fixtures>({
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
  portal: async ({ browser, skip }, use) => {
    if (typeof browser === 'string') return skip(browser);
    const contexts: { close(): Promise<void> }[] = [];
    const { httpServerUrl, restServerUrl } = inject('stack');
    const origins = [httpServerUrl, restServerUrl]
      .filter((url) => url !== null)
      .map((url) => new URL(url).origin);
    const watch: Watch = {
      ...{ secrets: new Set(), origins: new Set(origins), requests: [], faults: [], expected: [] },
    };
    const customer = await freshCustomer();
    const tab = async (options: BrowserContextOptions = {}): Promise<Page> => {
      const context = await browser.newContext({ ...DESKTOP, ...options });
      contexts.push(context);
      context.setDefaultTimeout(PATIENCE_MS);
      watchContext(context, watch);
      return context.newPage();
    };
    const link = async ({ grant = {}, query = {} }: OpenOptions = {}): Promise<PortalLink> => {
      const made = await customer.link(grant, query);
      watch.secrets.add(made.token);
      return made;
    };
    await use({
      ...{ customer, watch, tab, link },
      open: async ({ grant, query, ...options } = {}) => {
        const { url } = await link({ ...(grant && { grant }), ...(query && { query }) });
        const page = await tab(options);
        await page.goto(url);
        return page;
      },
    });
    for (const context of contexts) await context.close();
    expect(watch.faults).toEqual([]);
  },
});
