import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { readLocalFile } from '../local/local-file.ts';
import { projectDir } from '../local/paths.ts';
import { Problem } from '../local/problem.ts';
import { runProgram } from '../local/run-command.ts';
import { findBrowser, launchBrowser } from './browser.ts';
import { makeDemo } from './demo.ts';
import type { Demo } from './demo.ts';

/** `npm run portal:screenshots`: pictures of the page on the stack of `npm start`, for README and docs. */
interface Picture {
  readonly name: string;
  readonly path: (demo: Demo) => string;
  readonly look: 'light' | 'dark' | 'phone';
}

const LOOKS: Readonly<Record<Picture['look'], BrowserContextOptions>> = {
  light: { viewport: { width: 1280, height: 860 } },
  dark: { viewport: { width: 1280, height: 860 } },
  phone: { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2 },
};

const delivery = ({ failingId }: Demo) => `/endpoints/${failingId}/deliveries?status=failed`;

const PICTURES: readonly Picture[] = [
  { name: 'portal-endpoints-light', path: () => '/endpoints', look: 'light' },
  { name: 'portal-endpoint-dark', path: ({ failingId }) => `/endpoints/${failingId}`, look: 'dark' },
  { name: 'portal-delivery-light', path: delivery, look: 'light' },
  { name: 'portal-delivery-phone', path: delivery, look: 'phone' },
  { name: 'portal-catalog-light', path: () => '/event-types/invoice.paid', look: 'light' },
];

const folder = join(projectDir, 'docs', 'images');

/** Shows addresses of companies in place of those of the receiver on this machine. */
const rename = (page: Page, { shownAs }: Demo): Promise<unknown> =>
  page.route('**/api/v1/**', async (route) => {
    const response = await route.fetch();
    let body = await response.text();
    for (const [url, shown] of Object.entries(shownAs))
      body = body.replaceAll(JSON.stringify(url).slice(1, -1), shown);
    await route.fulfill({ response, body });
  });

const settled = async (page: Page): Promise<void> => {
  await page.locator('main#content :is(h1, h2)').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.locator('main .skeleton-line').first().waitFor({ state: 'detached' });
};

/** WebP by the browser's own protocol: a third of the bytes of PNG. */
const capture = async (page: Page): Promise<Buffer> => {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  return Buffer.from(data, 'base64');
};

const take = async (browser: Browser, demo: Demo, { name, path, look }: Picture): Promise<string> => {
  const context = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce', ...LOOKS[look] });
  const page = await context.newPage();
  await rename(page, demo);
  const link = new URL(demo.link);
  link.searchParams.set('darkMode', String(look === 'dark'));
  link.searchParams.set('next', path(demo));
  await page.goto(link.href);
  await settled(page);
  if (path === delivery) {
    // The delivery that the list has first.
    await page.locator('tbody a.row-link').first().click();
    await page.waitForURL('**/attempts/**');
    await settled(page);
  }
  const file = join(folder, `${name}.webp`);
  await writeFile(file, await capture(page));
  await context.close();
  return `docs/images/${name}.webp  ${((await stat(file)).size / 1024).toFixed(0)} KB`;
};

await runProgram(async () => {
  const found = findBrowser();
  if (found.kind === 'missing') throw new Problem(found.why);
  const demo = await makeDemo(await readLocalFile());
  await mkdir(folder, { recursive: true });
  const browser = await launchBrowser(found.path);
  try {
    for (const picture of PICTURES) process.stdout.write(`${await take(browser, demo, picture)}\n`);
  } finally {
    await browser.close();
  }
});
