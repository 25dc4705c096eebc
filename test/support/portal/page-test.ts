import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { buildPage } from '../../../lib/constructs/portal/page-build.ts';
import { browserTest, watchOf, watchedTabs } from './browser-test.ts';
import { FAKE_TOKEN, fakeLink, fakeState, startFake } from './fake-api.ts';
import type { FakeState } from './fake-route.ts';

export interface Open extends BrowserContextOptions {
  readonly query?: Readonly<Record<string, string>>;
  /** The screen to open. */
  readonly path?: string;
}

export interface FakePortal {
  readonly state: FakeState;
  readonly origin: string;
  readonly open: (options?: Open) => Promise<Page>;
}

/**
 * Tests of the built page against an API in memory, for states that a stack cannot be brought into quickly. After each:
 * no request left the page's origin, no address, Referer or console line contained the token, and nothing violated the
 * page's policy or threw.
 */
export const pageTest = browserTest.extend<{ readonly dist: string; readonly fake: FakePortal }>({
  dist: [
    async ({}, use) => {
      const outDir = await mkdtemp(join(tmpdir(), 'posthorn-page-'));
      buildPage(outDir);
      await use(outDir);
      await rm(outDir, { recursive: true, force: true });
    },
    { scope: 'file' },
  ],
  fake: async ({ browser, dist, skip }, use) => {
    if (typeof browser === 'string') return skip(browser);
    const state = fakeState();
    const { origin, stop } = await startFake(dist, state);
    const watch = watchOf([origin]);
    watch.secrets.add(FAKE_TOKEN);
    const { tab, close } = watchedTabs(browser, watch);
    const open = async ({ query = {}, path, ...options }: Open = {}): Promise<Page> => {
      const page = await tab(options);
      const search = new URLSearchParams({ ...query, ...(path === undefined ? {} : { next: path }) });
      await page.goto(fakeLink(origin, search.size === 0 ? '' : `?${search.toString()}`));
      return page;
    };
    await use({ state, origin, open });
    await close();
    stop();
  },
});
