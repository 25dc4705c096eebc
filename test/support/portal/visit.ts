import type { FrameLocator, Page } from 'playwright-core';

/** The rules of axe about colours, in which alone the dark theme differs from the light one. */
export const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** Opens another screen of an open session, as a link within the page does, and waits until nothing is loading. */
export const visit = async (page: Page, path: string): Promise<void> => {
  await page.evaluate(`(() => {
    const base = new URL(document.baseURI).pathname.replace(/\\/$/, '');
    history.pushState(null, '', base + ${JSON.stringify(path)});
    dispatchEvent(new PopStateEvent('popstate'));
  })()`);
  await loaded(page);
};

/** Waits until the screen shows its content. */
export const loaded = async (page: Page | FrameLocator): Promise<void> => {
  await page.locator('main#content :is(h1, h2), main[data-closed]').first().waitFor();
  await page
    .locator('main [aria-busy="true"], main .skeleton, main .skeleton-line, main .spinner')
    .first()
    .waitFor({ state: 'detached' });
};

/**
 * How much wider than its window the page is, in px. Charts are drawn anew in the frame after the one in which their
 * width changed.
 */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate<number>(`(async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    return document.documentElement.scrollWidth - document.documentElement.clientWidth;
  })()`);
