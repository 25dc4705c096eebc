import type { Browser } from 'playwright-core';
import { Svix } from 'svix';
import type { LocalStack } from '../local/local-file.ts';

const TYPES = 500;
/** A large payload within the limit of the API. */
const PAYLOAD_ROWS = 8_000;

const schemaOf = (number: number) => ({
  1: {
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        `field_${index}`,
        { type: 'string', description: `No. ${number}` },
      ]),
    ),
  },
});

/** A tenant of its own would need another token; the types are archived again at the end. */
const withEventTypes = async (svix: Svix, work: () => Promise<void>): Promise<void> => {
  const names = Array.from({ length: TYPES }, (_, number) => `large.type_${String(number).padStart(3, '0')}`);
  for (const [number, name] of names.entries()) {
    const fields = { name, description: `Type number ${number} of many`, schemas: schemaOf(number) };
    await svix.eventType.create(fields).catch(() => svix.eventType.patch(name, { archived: false }));
  }
  try {
    await work();
  } finally {
    for (const name of names) await svix.eventType.delete(name, { expunge: true });
  }
};

/** Opens a screen in a tab of its own and waits until its last part is there. */
const timed = async (browser: Browser, what: string, link: URL, ready: string): Promise<string> => {
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  // Counts from here on.
  await session.send('Performance.enable');
  const started = performance.now();
  await page.goto(link.href);
  await page.locator(ready).last().waitFor({ state: 'attached' });
  const shownMs = performance.now() - started;
  const { metrics } = await session.send('Performance.getMetrics');
  const scriptS = metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0;
  const row = `| ${what} | ${Math.round(1000 * scriptS)} ms | ${Math.round(shownMs)} ms |`;
  await page.close();
  return row;
};

/** Rows of a table: the catalog with 500 types, and a message with a large payload. */
export const timingsOf = async (browser: Browser, local: LocalStack): Promise<readonly string[]> => {
  const svix = new Svix(local.token, { serverUrl: local.serverUrl });
  const { id: appId } = await svix.application.create({ name: 'Large' });
  const rows = Array.from({ length: PAYLOAD_ROWS }, (_, index) => ({
    id: index,
    name: `Row ${index}`,
    paid: true,
  }));
  const { id: messageId } = await svix.message.create(appId, {
    eventType: 'large.payload',
    payload: { rows },
  });
  const linkTo = async (next: string): Promise<URL> => {
    const link = new URL((await svix.authentication.appPortalAccess(appId, {})).url);
    link.searchParams.set('next', next);
    return link;
  };
  const size = `${Math.round(JSON.stringify({ rows }).length / 1024)} KB`;
  const result: string[] = [];
  await withEventTypes(svix, async () => {
    result.push(
      await timed(
        browser,
        `event catalog, ${TYPES} types with schemas`,
        await linkTo('/event-types'),
        'main a[href*="large.type_499"]',
      ),
    );
  });
  result.push(
    await timed(
      browser,
      `message with a payload of ${size}`,
      await linkTo(`/messages/${messageId}`),
      'main pre',
    ),
  );
  return result;
};
