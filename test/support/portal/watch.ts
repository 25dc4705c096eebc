import type { BrowserContext, Page } from 'playwright-core';

/** What a page did that no page of the portal may do, as sentences. */
export interface Watch {
  /** Texts that must appear in no address, header or console line, such as a token. */
  readonly secrets: Set<string>;
  /** Origins that pages may talk to. */
  readonly origins: Set<string>;
  readonly requests: string[];
  readonly faults: string[];
  /** Console lines that a test provokes on purpose. */
  readonly expected: RegExp[];
}

/** Chromium's own line for every answer of 400 or more. */
const HTTP_STATUS = /^Failed to load resource/;

const isLocal = (url: string) => /^(data|blob|about|chrome-error):/.test(url);

const leaksOf = (watch: Watch, where: string, text: string): string[] =>
  [...watch.secrets].filter((secret) => text.includes(secret)).map(() => `${where} contains the token`);

const watchPage = (page: Page, watch: Watch): void => {
  page.on('pageerror', (error) => watch.faults.push(`uncaught: ${error.message}`));
  page.on('console', (line) => {
    const text = line.text();
    watch.faults.push(...leaksOf(watch, 'the console', text));
    if (line.type() !== 'error' || HTTP_STATUS.test(text)) return;
    if (!watch.expected.some((one) => one.test(text))) watch.faults.push(`console: ${text}`);
  });
  page.on('framenavigated', (frame) => {
    // The first address has the token in its fragment; the page removes it without a navigation.
    const [address = ''] = frame.url().split('#');
    watch.faults.push(...leaksOf(watch, 'an address', address));
  });
};

/** Records every request of a browser context, and everything that it must not do. */
export const watchContext = (context: BrowserContext, watch: Watch): void => {
  context.on('page', (page) => watchPage(page, watch));
  context.on('request', (request) => {
    const url = request.url();
    if (isLocal(url)) return;
    watch.requests.push(`${request.method()} ${url}`);
    if (!watch.origins.has(new URL(url).origin)) watch.faults.push(`foreign origin: ${url}`);
    watch.faults.push(...leaksOf(watch, `the address of ${request.method()}`, url));
    const { referer = '' } = request.headers();
    watch.faults.push(...leaksOf(watch, 'a Referer', referer));
  });
};
