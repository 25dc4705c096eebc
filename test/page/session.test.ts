import { describe, expect } from 'vitest';
import { fakeEndpoints } from '../support/portal/fake-data.ts';
import { FAKE_TOKEN, fakeLink } from '../support/portal/fake-api.ts';
import { pageTest } from '../support/portal/page-test.ts';
import { loaded } from '../support/portal/visit.ts';
import { eventually } from '../support/poll.ts';

const [first, second] = fakeEndpoints(0).map(({ id }) => `/endpoints/${id}`);
const STAGING = 'https://staging.northwind.example/hooks';

/** Controls of the endpoint screens, by the capability that they need. */
const CONTROLS = [
  ['/endpoints', 'Add endpoint', 'ManageEndpoint'],
  [`${first}`, 'Send test', 'CreateAttempts'],
  [`${first}/testing`, 'Send test', 'CreateAttempts'],
  [`${first}/testing`, 'Send example', 'CreateAttempts'],
  [`${first}/security`, 'Reveal', 'ViewEndpointSecret'],
  [`${first}/security`, 'Rotate secret', 'ManageEndpointSecret'],
  [`${first}/security`, 'Add header', 'ManageEndpoint'],
  [`${first}/security`, 'Replace X-Tenant', 'ManageEndpoint'],
  [`${first}/settings`, 'Save changes', 'ManageEndpoint'],
  [`${first}/settings`, 'Disable', 'ManageEndpoint'],
  [`${first}/settings`, 'Delete', 'ManageEndpoint'],
] as const;

const INCLUDED: Readonly<Record<string, readonly string[]>> = {
  ManageEndpoint: ['ManageEndpoint', 'ManageEndpointSecret', 'ViewEndpointSecret'],
  ManageEndpointSecret: ['ManageEndpointSecret', 'ViewEndpointSecret'],
};

describe('portal: capabilities', () => {
  pageTest.for([
    { capabilities: ['ViewBase'] },
    { capabilities: ['ViewBase', 'ViewEndpointSecret'] },
    { capabilities: ['ViewBase', 'ManageEndpointSecret'] },
    { capabilities: ['ViewBase', 'CreateAttempts'] },
    { capabilities: ['ViewBase', 'ManageEndpoint'] },
  ])('$capabilities show exactly the controls that they allow', async ({ capabilities }, { fake }) => {
    fake.state.capabilities = [...capabilities];
    const allowed = capabilities.flatMap((one) => INCLUDED[one] ?? [one]);
    const paths = [...new Set(CONTROLS.map(([path]) => path))];
    for (const path of paths) {
      const page = await fake.open({ path });
      await loaded(page);
      for (const [, name, needed] of CONTROLS.filter(([at]) => at === path)) {
        const control = page
          .locator('main')
          .getByRole('button', { name })
          .or(page.locator('main').getByRole('link', { name }));
        expect([path, name, (await control.count()) > 0]).toEqual([path, name, allowed.includes(needed)]);
      }
    }
  });
});

describe('portal: sessions', () => {
  pageTest('exchange a one-time token once, and say that a link was used already', async ({ fake }) => {
    const page = await fake.open();
    await page.goto('about:blank');
    await page.goto(fakeLink(fake.origin, '', { appId: 'app_2pQ1', oneTimeToken: 'once' }));
    await page.getByRole('heading', { name: 'Endpoints' }).waitFor();
    await page.goto('about:blank');
    await page.goto(fakeLink(fake.origin, '', { appId: 'app_2pQ1', oneTimeToken: 'again' }));
    await page.locator('[data-closed="used"]').waitFor();
  });

  pageTest('send the token nowhere but to the server of the page, whatever a link says', async ({ fake }) => {
    const page = await fake.open();
    await page.goto('about:blank');
    const key = { appId: 'app_2pQ1', token: FAKE_TOKEN, serverUrl: 'https://evil.example' };
    await page.goto(fakeLink(fake.origin, '', key));
    await page.getByRole('heading', { name: 'Endpoints' }).waitFor();
  });

  pageTest('of an expired token lead to a screen that says so, also after a reload', async ({ fake }) => {
    const page = await fake.open();
    await loaded(page);
    fake.state.expired = true;
    await page.reload();
    await page.locator('[data-closed="expired"]').waitFor();
    await page.reload();
    await page.locator('[data-closed="missing"]').waitFor();
  });
});

describe('portal: states', () => {
  // A refusal is not tried again by itself.
  pageTest('what was refused can be tried again', async ({ fake }) => {
    const page = await fake.open();
    await loaded(page);
    fake.state.failWith = 403;
    await page.getByRole('link', { name: STAGING }).click();
    await page.getByText('Your link does not allow this.').first().waitFor();
    fake.state.failWith = null;
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByRole('heading', { name: STAGING }).waitFor();
  });

  pageTest(
    'a failure of the server is tried again by itself, without a blink of the screen',
    async ({ fake }) => {
      const page = await fake.open();
      await loaded(page);
      fake.state.failWith = 500;
      await page.getByRole('link', { name: STAGING }).click();
      await page.getByText('The server failed to answer.').first().waitFor();
      const retry = page.getByRole('button', { name: 'Try again' });
      await retry.evaluate((button: HTMLElement) => {
        button.id = 'same';
        button.focus();
      });
      const before = fake.state.requests.length;
      await eventually(() => Promise.resolve(fake.state.requests.length > before));
      await page.locator('#same:focus').waitFor();
      fake.state.failWith = null;
      await page.getByRole('heading', { name: STAGING }).waitFor();
    },
  );

  pageTest(
    'what could not be loaded without a connection is there when the connection is back',
    async ({ fake }) => {
      // A tab of an endpoint, whose code was loaded with the first one.
      const page = await fake.open({ path: `${second}` });
      await loaded(page);
      await page.context().setOffline(true);
      await page.locator('.tab', { hasText: 'Failures' }).click();
      await page.getByText('There is no connection to the server.').waitFor();
      await page.context().setOffline(false);
      await page.getByRole('table', { name: 'By cause' }).waitFor();
    },
  );

  pageTest('a session that could not be opened is opened when the connection is back', async ({ fake }) => {
    fake.state.failWith = 500;
    const page = await fake.open();
    await page.locator('[data-closed="unreachable"]').waitFor();
    fake.state.failWith = null;
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.getByRole('heading', { name: 'Endpoints' }).waitFor();
  });

  pageTest('an endpoint that does not exist says so, and is not asked for again', async ({ fake }) => {
    const page = await fake.open({ path: '/endpoints/ep_nothing' });
    const sentence = page.getByText('It does not exist, or no longer.');
    await sentence.waitFor();
    await page.clock.install();
    await page.reload();
    await sentence.waitFor();
    const before = fake.state.requests.length;
    await page.clock.runFor(60_000);
    await sentence.waitFor();
    const after = fake.state.requests.slice(before);
    expect(after.filter((one) => one.includes('ep_nothing'))).toEqual([]);
  });

  pageTest('without a connection the page says so, and keeps what it shows', async ({ fake }) => {
    const page = await fake.open();
    await loaded(page);
    await page.context().setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await page.getByText('Billing production').waitFor();
  });
});

describe('portal: polling', () => {
  pageTest('asks at most once in five seconds for all that is on the screen', async ({ fake }) => {
    const page = await fake.open({ path: `${first}` });
    await loaded(page);
    await page.locator('.chart-plot').waitFor();
    const before = fake.state.requests.length;
    const start = Date.now();
    await eventually(() => Promise.resolve(fake.state.requests.length >= before + 2));
    const seconds = (Date.now() - start) / 1000;
    // The first may come at once; time that passes in between allows more.
    expect(fake.state.requests.length - before).toBeLessThanOrEqual(1 + Math.ceil(seconds / 5));
  });
});

describe('portal: in a frame', () => {
  pageTest(
    'its height is reported when its content changes, and hidden navigation leaves the screen alone',
    async ({ fake }) => {
      const page = await fake.open();
      await page.goto('about:blank');
      const src = fakeLink(
        fake.origin,
        `?hideNavigation=true&noGutters=true&next=${encodeURIComponent(`${first}`)}`,
      );
      await page.goto(`${fake.origin}/api/v1/health/ping`);
      await page.evaluate((url) => {
        const heights: number[] = [];
        Object.assign(globalThis, { heights });
        addEventListener(
          'message',
          ({ data }: MessageEvent<{ type?: string; payload: { height: number } }>) => {
            if (data.type === 'svix.iframe-resizer-height') heights.push(data.payload.height);
          },
        );
        const frame = document.createElement('iframe');
        frame.src = url;
        frame.style.cssText = 'width: 100%; height: 650px; border: 0';
        document.body.append(frame);
      }, src);
      const frame = page.frameLocator('iframe');
      await frame.getByRole('heading', { level: 1 }).waitFor();
      expect(await frame.getByRole('navigation', { name: 'Sections' }).count()).toBe(0);
      const heights = () => page.evaluate(() => (globalThis as any).heights as number[]);
      const actual = () =>
        frame.locator('#app').evaluate((app) => Math.ceil(app.getBoundingClientRect().height));
      await eventually(async () => (await heights()).at(-1) === (await actual()) && (await actual()) > 650);
      const before = (await heights()).length;
      await page.evaluate(() => document.querySelector('iframe')?.style.setProperty('height', '5000px'));
      expect((await heights()).length - before).toBeLessThanOrEqual(1);
    },
  );
});
