import { SignJWT } from 'jose';
import { describe, expect, inject } from 'vitest';
import { serverUrlOf } from '../support/client.ts';
import type { Customer } from '../support/portal/customer.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import { loaded } from '../support/portal/visit.ts';

/** How a session begins and ends: the link of the API, logging out, and links that are no longer good. */
const portalUrl = () => `${serverUrlOf()}/portal`;

const linkWith = (key: unknown): string =>
  `${portalUrl()}/login#key=${Buffer.from(JSON.stringify(key)).toString('base64url')}`;

/** A token of the application that ended an hour ago. */
const expiredToken = ({ tenant, appId }: Customer): Promise<string> => {
  const nowS = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: 'svix-server', sub: appId, org: tenant.orgId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(nowS - 7200)
    .setNotBefore(nowS - 7200)
    .setExpirationTime(nowS - 3600)
    .sign(new TextEncoder().encode(inject('stack').jwtSecret));
};

describe('a link of app-portal-access', () => {
  portalTest(
    'opens the endpoints, and its token leaves the address before the first request',
    async ({ portal }) => {
      const page = await portal.open();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/portal/endpoints');
      expect(new URL(page.url()).hash).toBe('');
    },
  );

  portalTest('keeps its session over a reload, in its own tab alone', async ({ portal }) => {
    const page = await portal.open();
    await page.waitForURL('**/portal/endpoints');
    await page.reload();
    await page.getByRole('navigation').waitFor();
    const other = await portal.tab();
    await other.goto(`${portalUrl()}/endpoints`);
    await other.locator('[data-closed="missing"]').waitFor();
  });

  portalTest('opens the screen that next names, and never another site', async ({ portal }) => {
    const page = await portal.open({ query: { next: '/event-types' } });
    await page.waitForURL('**/portal/event-types');
    for (const next of [
      '//evil.example/',
      'https://evil.example/',
      '/\\evil.example',
      'javascript:alert(1)',
    ]) {
      const guarded = await portal.open({ query: { next } });
      await guarded.waitForURL('**/portal/endpoints');
    }
  });

  portalTest('is read as standard base64 with padding, percent-encoded or not', async ({ portal }) => {
    const { token } = await portal.link();
    const key = Buffer.from(JSON.stringify({ appId: portal.customer.appId, token })).toString('base64');
    for (const form of [key, encodeURIComponent(key)]) {
      const page = await portal.tab();
      await page.goto(`${portalUrl()}/login#key=${form}`);
      await page.waitForURL('**/portal/endpoints');
    }
  });
});

describe('a screen says that there is no session', () => {
  portalTest('when the token has expired', async ({ portal }) => {
    const page = await portal.tab();
    await page.goto(linkWith({ appId: portal.customer.appId, token: await expiredToken(portal.customer) }));
    await page.locator('[data-closed="expired"]').waitFor();
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  });

  portalTest('when the token ends while the page is open', async ({ portal }) => {
    const page = await portal.open();
    await loaded(page);
    await page.route('**/api/v1/app/**', (route) =>
      route.fulfill({ status: 401, json: { code: 'authentication_failed', detail: 'Invalid token' } }),
    );
    // Without waiting for the link: if a poll is refused first, the session has ended and there is none.
    await page
      .getByRole('link', { name: 'Messages' })
      .evaluateAll((links: HTMLElement[]) => links.forEach((link) => link.click()));
    await page.locator('[data-closed="expired"]').waitFor();
  });

  portalTest('after logging out, and the link of before no longer opens the portal', async ({ portal }) => {
    const { url } = await portal.link();
    const page = await portal.tab();
    await page.goto(url);
    await page.getByRole('button', { name: 'Display and session' }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.locator('[data-closed="loggedOut"]').waitFor();
    await page.reload();
    await page.locator('[data-closed]').waitFor();
    const again = await portal.tab();
    await again.goto(url);
    await again.locator('[data-closed="expired"]').waitFor();
  });

  portalTest('when all sessions of an id were ended', async ({ portal }) => {
    const page = await portal.open({ grant: { sessionId: 'support-7' } });
    await loaded(page);
    await portal.customer.tenant.ask('POST', '/auth/app/northwind/expire-all', { sessionIds: ['support-7'] });
    await page.reload();
    // Missing: a request in flight was refused before the reload, so the session was forgotten.
    await page.locator('[data-closed="expired"], [data-closed="missing"]').waitFor();
  });

  portalTest('when the link is unreadable', async ({ portal }) => {
    const page = await portal.tab();
    for (const key of ['', 'shortened', Buffer.from('{"appId":1}').toString('base64')]) {
      await page.goto('about:blank');
      await page.goto(`${portalUrl()}/login#key=${key}`);
      await page.locator('[data-closed="unreadable"]').waitFor();
    }
  });

  portalTest('when the server cannot be reached, and opens the portal once it can', async ({ portal }) => {
    const page = await portal.tab();
    portal.watch.expected.push(/net::ERR/);
    await page.route('**/api/v1/auth/whoami', (route) => route.abort());
    await page.goto((await portal.link()).url);
    await page.locator('[data-closed="unreachable"]').waitFor();
    await page.unroute('**/api/v1/auth/whoami');
    // Without waiting for the button: the page tries again by itself too.
    await page
      .getByRole('button', { name: 'Try again' })
      .evaluateAll((buttons: HTMLElement[]) => buttons.forEach((button) => button.click()));
    await page.waitForURL('**/portal/endpoints');
  });
});

portalTest(
  'a link that names another server sends its token there only if the stage allows that',
  async ({ portal }) => {
    const { token } = await portal.link();
    const page = await portal.tab();
    await page.goto(linkWith({ appId: portal.customer.appId, token, serverUrl: 'https://evil.example' }));
    await page.waitForURL('**/portal/endpoints');
    // The fixture fails for a request to another origin.
    expect(portal.watch.requests.some((one) => one.includes('/portal/config.json'))).toBe(true);
  },
);
