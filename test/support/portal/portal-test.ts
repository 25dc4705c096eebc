import type { BrowserContextOptions, Page } from 'playwright-core';
import { inject } from 'vitest';
import { browserTest, watchOf, watchedTabs } from './browser-test.ts';
import type { Tabs } from './browser-test.ts';
import { freshCustomer } from './customer.ts';
import type { Customer, PortalLink } from './customer.ts';
import type { Watch } from './watch.ts';

export interface OpenOptions extends BrowserContextOptions {
  readonly grant?: object;
  readonly query?: Readonly<Record<string, string>>;
}

export interface Portal {
  readonly customer: Customer;
  readonly watch: Watch;
  readonly tab: Tabs['tab'];
  /** A new link, opened in a tab of its own. */
  readonly open: (options?: OpenOptions) => Promise<Page>;
  /** A new link, whose token must appear nowhere from now on. */
  readonly link: (options?: OpenOptions) => Promise<PortalLink>;
}

/**
 * Tests of the page in a browser, each with a new customer. After each, whatever it did: no request left the origin of the
 * page, no address, Referer or console line contained the token, and nothing violated the page's policy or threw.
 */
export const portalTest = browserTest.extend<{ readonly portal: Portal }>({
  portal: async ({ browser, skip }, use) => {
    if (typeof browser === 'string') return skip(browser);
    const { httpServerUrl, restServerUrl } = inject('stack');
    const urls = [httpServerUrl, restServerUrl].filter((url) => url !== null);
    const watch = watchOf(urls.map((url) => new URL(url).origin));
    const { tab, close } = watchedTabs(browser, watch);
    const customer = await freshCustomer();
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
    await close();
  },
});
