import { describe, expect } from 'vitest';
import { applicationToken } from '../../scripts/local/tokens.ts';
import { serverUrlOf } from '../support/client.ts';
import { inject } from 'vitest';
import { portalTest } from '../support/portal/portal-test.ts';

/** How a session begins and ends: the link of the API, logging out, and links that are no longer good. */
describe('a link of app-portal-access', () => {
  portalTest(
    'opens the endpoints of its application, and the token leaves the address at once',
    async ({ portal }) => {
      const page = await portal.open();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/portal/endpoints');
      expect(new URL(page.url()).hash).toBe('');
      const first = portal.watch.requests.findIndex((one) => one.includes('/api/v1/'));
      expect(portal.watch.requests[first]).toContain('/api/v1/auth/whoami');
    },
  );

  portalTest('keeps its session over a reload of the tab, and no other tab gets it', async ({ portal }) => {
    const page = await portal.open();
    await page.waitForURL('**/portal/endpoints');
    await page.reload();
    await page.getByRole('navigation').waitFor();
    const other = await portal.tab();
    await other.goto(`${serverUrlOf()}/portal/endpoints`);
    await other.locator('[data-closed="missing"]').waitFor();
  });
});
void [applicationToken, inject];
