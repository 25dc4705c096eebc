import { beforeAll, describe, expect, it } from 'vitest';
import { apiAt, freshTenant } from '../../support/api.ts';
import type { Answer, Send, Tenant } from '../../support/api.ts';
import { apiKinds } from '../../support/client.ts';
import { FINDING, OPERATIONS } from './operations.ts';
import type { Operation } from './operations.ts';

const code = ({ status, json }: Answer) => [status, String(json?.code)];

/** Calls the operation with `names` in its path. */
const call = ({ send, body }: Operation, through: Send, names: Record<string, string>): Promise<Answer> => {
  const [method = '', path = ''] = send.split(' ');
  return through(
    method,
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? ''),
    body,
  );
};

/** Each path with each method that it does not support. */
const UNUSED_METHODS = [...new Set(OPERATIONS.map(({ send }) => send.split(' ')[1] ?? ''))].flatMap((path) =>
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    .filter((method) => !OPERATIONS.some(({ send }) => send === `${method} ${path}`))
    .map((method): [string, string] => [method, path]),
);

const existing = {
  app: 'acme',
  ep: 'ep1',
  msg: 'evt1',
  type: 'order.paid',
  atmpt: 'atmpt_1',
  task: 'qtask_1',
};
const missing = {
  app: 'missing',
  ep: 'missing',
  msg: 'missing',
  type: 'missing',
  atmpt: 'missing',
  task: 'missing',
};

describe.each(apiKinds())('refusals over the %s API:', (kind) => {
  let tenant: Tenant;
  let portal: Send;

  beforeAll(async () => {
    tenant = await freshTenant(kind);
    const { id } = await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
    await tenant.ask('POST', '/app', { name: 'Other', uid: 'other' });
    await tenant.ask('POST', '/event-type', { name: 'order.paid', description: '' });
    for (const app of ['acme', 'other']) {
      await tenant.ask('POST', `/app/${app}/endpoint`, {
        url: 'https://example.com',
        uid: 'ep1',
        disabled: true,
      });
      await tenant.ask('POST', `/app/${app}/msg`, { eventType: 'a', eventId: 'evt1', payload: {} });
    }
    portal = await tenant.as(String(id));
  });

  it.each(OPERATIONS)('$send without a token answers 401', async (operation) => {
    const answer = await call(operation, apiAt(tenant.serverUrl, null), existing);
    expect(code(answer)).toEqual([401, 'authentication_failed']);
  });

  it.each(OPERATIONS.filter(({ auth }) => auth === 'organization'))(
    '$send with an application token answers 403',
    async (operation) => {
      expect(code(await call(operation, portal, existing))).toEqual([403, 'insufficient access']);
    },
  );

  it.each(OPERATIONS.filter(({ auth }) => auth === 'application'))(
    '$send with the token of another application answers 404',
    async (operation) => {
      expect(code(await call(operation, portal, { ...existing, app: 'other' }))).toEqual([404, 'not_found']);
    },
  );

  it.each(FINDING)('$send answers 404 if its objects do not exist', async (operation) => {
    expect(code(await call(operation, tenant.send, missing))).toEqual([404, 'not_found']);
  });

  it.each(FINDING.filter(({ send }) => (send.match(/\{/g) ?? []).length > 1))(
    '$send answers 404 if only its application exists',
    async (operation) => {
      expect(code(await call(operation, tenant.send, { ...missing, app: 'acme' }))).toEqual([
        404,
        'not_found',
      ]);
    },
  );

  it.each(UNUSED_METHODS)('%s %s answers 405', async (method, path) => {
    const filled = path.replaceAll(/\{\w+\}/g, 'missing');
    const answer = await tenant.send(method, filled);
    expect(code(answer)).toEqual([405, 'method_not_allowed']);
    expect(answer.headers.get('allow')?.split(',')).not.toContain(method);
  });
});
