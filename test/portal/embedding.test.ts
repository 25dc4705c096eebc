import type { FrameLocator, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { eventually } from '../support/poll.ts';
import { REACT_VERSIONS, startEmbeddingServer } from '../support/portal/embedding-server.ts';
import type { EmbeddingServer } from '../support/portal/embedding-server.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import type { Portal } from '../support/portal/portal-test.ts';
import { loaded } from '../support/portal/visit.ts';

/** The portal in the page of a platform, whose origin is another site: by Svix's component, and in a plain frame. */
let server: EmbeddingServer;
beforeAll(async () => {
  server = await startEmbeddingServer();
});
afterAll(() => server.close());

const openHost = async (portal: Portal, address: string, options = {}): Promise<Page> => {
  portal.watch.origins.add(server.origin);
  const page = await portal.tab(options);
  await page.goto(address);
  return page;
};

const frameOf = (page: Page): FrameLocator => page.frameLocator('iframe');

/** Waits until the screen in the frame shows its content: while it loads its height is another one. */
const shown = (page: Page): Promise<void> => loaded(frameOf(page));

const heightOf = async (page: Page): Promise<number> =>
  (await page.locator('iframe').boundingBox())?.height ?? 0;

const isFitted = async (page: Page): Promise<boolean> => {
  const content = await frameOf(page)
    .locator('#app')
    .evaluate((app) => Math.ceil(app.getBoundingClientRect().height));
  return Math.abs((await heightOf(page)) - content) <= 1;
};

/** Whether the background is darker than half. */
const isDark = (page: Page): Promise<boolean> =>
  page.locator('html').evaluate((root) => {
    const [red = 0, green = 0, blue = 0] = getComputedStyle(root)
      .backgroundColor.match(/[\d.]+/g)!
      .map(Number);
    return (red + green + blue) / 3 < 128;
  });

/** The contrast between the text of an element and the nearest opaque background below it (WCAG). */
const contrastOf = (element: Locator): Promise<number> =>
  element.evaluate((start) => {
    const rgb = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = ([red = 0, green = 0, blue = 0]: number[]) => {
      const linear = (value: number) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      };
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    };
    let ground: Element | null = start;
    const isClear = (one: Element) => rgb(getComputedStyle(one).backgroundColor)[3] === 0;
    while (ground !== null && isClear(ground)) ground = ground.parentElement;
    const [text, below] = [
      luminance(rgb(getComputedStyle(start).color)),
      luminance(rgb(getComputedStyle(ground ?? start).backgroundColor)),
    ];
    return (Math.max(text, below) + 0.05) / (Math.min(text, below) + 0.05);
  });

const rootStyle = (page: Page, property: string): Promise<string> =>
  frameOf(page)
    .locator('html')
    .evaluate((root, name) => getComputedStyle(root).getPropertyValue(name).trim(), property);

const bodyFont = (page: Page): Promise<string> =>
  frameOf(page)
    .locator('body')
    .evaluate((body) => getComputedStyle(body).fontFamily);

describe.each(REACT_VERSIONS)('svix-react’s <AppPortal> with React %s', (react) => {
  portalTest('shows the portal unchanged', async ({ portal }) => {
    const { url } = await portal.link();
    const page = await openHost(portal, server.appPortal(react, { url }));
    await shown(page);
    expect(await page.locator('iframe').getAttribute('allow')).toBe('clipboard-write');
  });

  portalTest('passes on appearance, font, icon and colour', async ({ portal }) => {
    const { url } = await portal.link();
    const icon = 'https://cdn.platform.example/logo.png';
    portal.watch.origins.add('https://cdn.platform.example');
    portal.watch.expected.push(/logo\.png|ERR_NAME_NOT_RESOLVED/);
    const properties = { url, darkMode: true, fontFamily: 'Roboto', icon, primaryColor: 'ff4400' };
    const page = await openHost(portal, server.appPortal(react, properties));
    await shown(page);
    expect(await rootStyle(page, 'color-scheme')).toBe('dark');
    expect(await bodyFont(page)).toContain('Roboto');
    expect(await frameOf(page).locator(`img[src="${icon}"]`).first().getAttribute('referrerpolicy')).toBe(
      'no-referrer',
    );
  });

  portalTest(
    'with fullSize follows the height of the content, and never grows by itself',
    async ({ portal }) => {
      const { url } = await portal.link();
      const page = await openHost(portal, server.appPortal(react, { url, fullSize: true }));
      await shown(page);
      await eventually(() => isFitted(page));
      const before = await heightOf(page);
      await frameOf(page)
        .locator('#app')
        .evaluate((app) => {
          const more = document.createElement('div');
          more.id = 'more';
          more.style.height = '700px';
          app.append(more);
        });
      await eventually(async () => (await heightOf(page)) >= before + 700 && (await isFitted(page)));
      await frameOf(page)
        .locator('#more')
        .evaluate((more) => more.remove());
      await eventually(async () => Math.abs((await heightOf(page)) - before) <= 1);
    },
  );
});

describe('a plain <iframe>', () => {
  portalTest('works at 360 px, without a scroll bar across', async ({ portal }) => {
    const { url } = await portal.link();
    const page = await openHost(portal, server.iframe(url, '360'));
    await shown(page);
    const isWider = await frameOf(page)
      .locator('html')
      .evaluate((root) => root.scrollWidth > root.clientWidth);
    expect(isWider).toBe(false);
  });

  portalTest('works where the browser blocks storage of frames', async ({ portal }) => {
    const { url } = await portal.link();
    portal.watch.origins.add(server.origin);
    const page = await portal.tab();
    await page.addInitScript(() => {
      if (window === window.top) return;
      for (const name of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException('blocked', 'SecurityError');
          },
        });
    });
    await page.goto(server.iframe(url));
    await shown(page);
    await frameOf(page).getByRole('link', { name: 'Event catalog' }).click();
    await shown(page);
  });

  portalTest(
    'paints an opaque background in its first frame, so that nothing shines through',
    async ({ portal }) => {
      const { url } = await portal.link();
      const page = await openHost(portal, server.iframe(url));
      await shown(page);
      const colour = await frameOf(page)
        .locator('html')
        .evaluate((root) => getComputedStyle(root).backgroundColor);
      expect(colour).toMatch(/^rgb\(/);
    },
  );

  portalTest('gets the height of the content, and nothing else', async ({ portal }) => {
    const { url } = await portal.link();
    portal.watch.origins.add(server.origin);
    const page = await portal.tab();
    await page.addInitScript(() => {
      const messages: unknown[] = [];
      Object.assign(window, { messages });
      addEventListener('message', ({ data }) => messages.push(data));
    });
    await page.goto(server.iframe(url));
    await shown(page);
    const messages = () => page.evaluate(() => (window as unknown as { messages: unknown[] }).messages);
    await eventually(async () => (await messages()).length > 0);
    for (const message of await messages())
      expect(message).toEqual({
        type: 'svix.iframe-resizer-height',
        payload: { height: expect.any(Number) as unknown },
      });
  });
});

describe('the query of the page', () => {
  const PALE = 'ffe08a';

  portalTest('darkMode=auto follows the system, false is light', async ({ portal }) => {
    for (const [darkMode, system, dark] of [
      ['auto', 'dark', true],
      ['auto', 'light', false],
      ['true', 'light', true],
      ['false', 'dark', false],
    ] as const) {
      const page = await portal.open({ query: { darkMode }, colorScheme: system });
      await page.locator('main#content h1').waitFor();
      expect(await isDark(page), `${darkMode} on a ${system} system`).toBe(dark);
    }
  });

  portalTest('of duplicates the last one counts, as svix-react appends its own', async ({ portal }) => {
    const { url } = await portal.link({ query: { darkMode: 'true' } });
    const link = new URL(url);
    link.searchParams.append('darkMode', 'false');
    const page = await portal.tab();
    await page.goto(link.href);
    await page.locator('main#content h1').waitFor();
    expect(await isDark(page)).toBe(false);
  });

  portalTest(
    'a colour for each side is used, and darkened where text in it could not be read',
    async ({ portal }) => {
      for (const query of [{ primaryColorLight: PALE }, { primaryColor: PALE }]) {
        const page = await portal.open({ query });
        const button = page.getByRole('link', { name: /add endpoint/i }).first();
        await button.waitFor();
        const link = page.getByRole('navigation').getByRole('link', { name: 'Endpoints' });
        expect(await contrastOf(button)).toBeGreaterThanOrEqual(4.5);
        expect(await contrastOf(link)).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  portalTest(
    'hideNavigation shows one section alone, noGutters takes the padding away',
    async ({ portal }) => {
      const alone = await portal.open({ query: { next: '/event-types', hideNavigation: 'true' } });
      await alone.locator('main#content h1').waitFor();
      expect(await alone.getByRole('navigation').count()).toBe(0);
      const padding = (page: Page) =>
        page
          .locator('main#content')
          .evaluate((main) => parseFloat(getComputedStyle(main).paddingInlineStart));
      const flush = await portal.open({ query: { noGutters: 'true' } });
      await flush.locator('main#content h1').waitFor();
      expect(await padding(flush)).toBe(0);
      expect(await padding(alone)).toBeGreaterThan(0);
    },
  );

  portalTest(
    'an icon that is not https, an unknown font and a colour that is none are ignored',
    async ({ portal }) => {
      const query = { icon: 'javascript:alert(1)', fontFamily: 'x; }', primaryColor: 'red;--x:1' };
      const page = await portal.open({ query });
      await page.locator('main#content h1').waitFor();
      expect(await page.locator('header img').count()).toBe(0);
      expect(await page.locator('html').evaluate((root) => root.getAttribute('style') ?? '')).not.toContain(
        'red',
      );
    },
  );
});
