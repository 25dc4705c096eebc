import { describe, expect, inject } from 'vitest';
import { eventually } from '../support/poll.ts';
import { screensOf } from '../support/portal/populated.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import { loaded, visit } from '../support/portal/visit.ts';

/** What strangers put into payloads, answers and names stays text, and the token stays out of every log. */
const HOSTILE = [
  '<img src=x onerror="window.pwned=1">',
  '<script>window.pwned=1</script>',
  '"><svg onload=window.pwned=1>',
  'javascript:window.pwned=1',
  '{{constructor.constructor("window.pwned=1")()}}',
];
const ALL = HOSTILE.join(' ');

describe('stored text', () => {
  portalTest(
    'of payloads, answers, descriptions, headers, tags and types is shown as text on every screen',
    async ({ portal }) => {
      const { tenant, appId } = portal.customer;
      const { receiverHookUrl } = inject('stack');
      const app = `/app/${appId}`;
      await tenant.ask('POST', '/event-type', {
        ...{ name: 'invoice.paid', description: ALL },
        schemas: {
          1: { title: ALL, type: 'object', description: ALL, properties: { id: { description: ALL } } },
        },
      });
      const hook = new URL(`${receiverHookUrl}/hostile`);
      hook.searchParams.set('status', '500');
      hook.searchParams.set('body', ALL);
      hook.searchParams.set('header-x-hostile', ALL);
      const { id: endpointId } = await tenant.ask('POST', `${app}/endpoint`, {
        ...{ url: hook.href, description: ALL, metadata: { note: ALL }, channels: null },
        headers: { 'x-own': ALL },
      });
      const { id: messageId } = await tenant.ask('POST', `${app}/msg`, {
        ...{ eventType: 'invoice.paid', payload: { id: ALL, [ALL]: ALL }, tags: ['tag'] },
      });
      const attempt = await eventually(async () => {
        const { data } = await tenant.ask('GET', `${app}/attempt/endpoint/${String(endpointId)}?status=2`);
        return (data as { id: string }[])[0];
      });
      const page = await portal.open();
      await loaded(page);
      const screens = screensOf({
        ...{ healthyId: String(endpointId), failingId: String(endpointId), offId: String(endpointId) },
        ...{ messageId: String(messageId), attemptId: attempt!.id, taskId: 'qtask_none' },
      });
      for (const path of Object.values(screens)) await visit(page, path);
      // Trusted Types and the policy would have reported a violation, for which the fixture fails.
      expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
      await visit(page, screens['delivery']!);
      const text = await page.locator('main#content').innerText();
      expect(text).toContain(HOSTILE[0]);
      expect(await page.locator('main img, main svg[onload], main script').count()).toBe(0);
      expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    },
  );
});

describe('the token of a link', () => {
  portalTest('is in no log of any function, whatever the page asked for', async ({ portal }) => {
    const { url, token } = await portal.link();
    const page = await portal.tab();
    await page.goto(url);
    await loaded(page);
    for (const path of ['/messages', '/failures', '/event-types', '/replays']) await visit(page, path);
    const { awsEndpointUrl, stage } = inject('stack');
    const logOf = async (entry: string): Promise<string> => {
      const response = await fetch(awsEndpointUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'Logs_20140328.FilterLogEvents',
          authorization:
            'AWS4-HMAC-SHA256 Credential=test/20261130/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: JSON.stringify({
          ...{ logGroupName: `/aws/lambda/posthorn-${stage}-${entry}`, limit: 10_000 },
          startTime: Date.now() - 600_000,
        }),
      });
      return response.text();
    };
    // The functions have logged something, so the search looks in the right place.
    await eventually(async () => (await logOf('query')).includes('auth/whoami'));
    const signature = token.split('.')[2]!;
    for (const entry of ['portal', 'query', 'admin', 'publish']) {
      const log = await logOf(entry);
      expect(log.includes(signature), entry).toBe(false);
    }
  });
});

describe('the page', () => {
  portalTest('keeps nothing in cookies or local storage', async ({ portal }) => {
    const page = await portal.open();
    await loaded(page);
    const { cookies, local } = await page.evaluate(() => ({
      cookies: document.cookie,
      local: Object.keys(localStorage),
    }));
    expect(cookies).toBe('');
    expect(local).toEqual([]);
    expect(portal.watch.requests.length).toBeGreaterThan(3);
  });
});
