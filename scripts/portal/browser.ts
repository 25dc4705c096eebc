import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/**
 * The browser that tests drive: an installed Chrome or Chromium, because Playwright's own download is 150 MB and its
 * server is out of reach for many machines.
 */
export type FoundBrowser =
  { readonly kind: 'found'; readonly path: string } | { readonly kind: 'missing'; readonly why: string };

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'msedge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

const HELP =
  'Install Chrome or Chromium (Debian: apt-get install chromium), or set POSTHORN_BROWSER to the path of one.';

/** `POSTHORN_BROWSER`, else a browser in PATH or at its usual place. */
export const findBrowser = (
  env: Readonly<Record<string, string | undefined>> = process.env,
  exists: (path: string) => boolean = existsSync,
): FoundBrowser => {
  const named = env['POSTHORN_BROWSER'];
  if (named !== undefined && named !== '') {
    if (exists(named)) return { kind: 'found', path: named };
    return { kind: 'missing', why: `POSTHORN_BROWSER is ${named}, where there is no file. ${HELP}` };
  }
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin'].filter(
    (one) => one !== '',
  );
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES];
  const path = candidates.find(exists);
  return path === undefined
    ? { kind: 'missing', why: `No browser was found, so the page was not tested. ${HELP}` }
    : { kind: 'found', path };
};

/** Whether tests must fail without a browser: in CI, where skipped ones would not be noticed. */
export const browserRequired = (env: Readonly<Record<string, string | undefined>> = process.env): boolean =>
  [env['CI'], env['POSTHORN_BROWSER_REQUIRED']].some(
    (value) => value !== undefined && !/^(false|0)?$/.test(value),
  );

/** Chromium refuses its sandbox to root, and containers have little shared memory. */
const argumentsFor = (uid: number | undefined) => [
  ...(uid === 0 ? ['--no-sandbox'] : []),
  ...['--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none', '--force-color-profile=srgb'],
];

export const launchBrowser = async (path: string): Promise<Browser> => {
  const browser = await chromium.launch({ executablePath: path, args: argumentsFor(process.getuid?.()) });
  if (/^\d+\./.test(browser.version())) return browser;
  await browser.close();
  throw new Error(`${path} answers no Chromium version but "${browser.version()}"`);
};
