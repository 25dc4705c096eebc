import { expect, inject } from 'vitest';
import { restUrl } from '../../scripts/local/stack.ts';
import { apiKinds, serverUrlOf } from '../support/client.ts';
import { portalTest } from '../support/portal/portal-test.ts';

/** The API reference, as deployed functions serve it; the watch fails for a request to another origin. */
const places = () => {
  const { awsEndpointUrl, outputs } = inject('stack');
  return [
    ...apiKinds().map((kind) => `${serverUrlOf(kind)}/docs`),
    // Below a path, and with a slash at its end.
    `${restUrl(awsEndpointUrl, outputs)}/docs/`,
  ];
};

portalTest(
  'the API reference lists the operations with their bodies, by its own files alone',
  async ({ portal }) => {
    for (const url of places()) {
      portal.watch.origins.add(new URL(url).origin);
      const page = await portal.tab();
      const answer = await page.goto(url);
      expect(answer?.headers()['content-security-policy']).toContain("default-src 'none'");
      await page.getByRole('heading', { name: 'Posthorn', level: 1 }).waitFor();
      const operation = page.locator('[data-section-id$="operation/v1.message.create"]').first();
      await operation.scrollIntoViewIfNeeded();
      await operation.getByText('eventType').first().waitFor();
      // The search works in a worker.
      await page.getByPlaceholder('Search...').fill('rotate');
      await page
        .locator('[data-role="search:results"]')
        .getByText(/rotate/i)
        .first()
        .waitFor();
    }
    const scripts = portal.watch.requests.filter((request) => request.endsWith('/docs/reference.js'));
    expect(scripts).toHaveLength(places().length);
  },
);
