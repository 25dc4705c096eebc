import { beforeAll, describe, expect, it } from 'vitest';
import { apiAt, freshTenant } from '../../support/api.ts';
import type { Answer, Send, Tenant } from '../../support/api.ts';
import { apiKinds } from '../../support/client.ts';
import { FINDING, OPERATIONS } from './operations.ts';
import type { Operation } from './operations.ts';

const code = ({ status, json }: Answer) => [status, String(json?.code)];

/** What the paths name exists, apart from attempts, unless a test says otherwise. */
const call = ({ send, body }: Operation, through: Send, names: Record<string, string>): Promise<Answer> => {
  const [method = '', path = ''] = send.split(' ');
  return through(
    method,
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? ''),
    body,
  );
};

/** For each path the methods that it does not have. */
const UNUSED_METHODS = [...new Set(OPERATIONS.map(({ send }) => send.split(' ')[1] ?? ''))].flatMap((path) =>
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    .filter((method) => !OPERATIONS.some(({ send }) => send === `${method} ${path}`))
    .map((method): [string, string] => [method, path]),
);

const there = { app: 'acme', ep: 'ep1', msg: 'evt1', type: 'order.paid', atmpt: 'atmpt_1', task: 'qtask_1' };
const gone = { app: 'gone', ep: 'gone', msg: 'gone', type: 'gone', atmpt: 'gone', task: 'gone' };

describe.each(apiKinds())('over the %s API', (kind) => {
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

  it.each(OPERATIONS)('$send asks for a token', async (operation) => {
    const answer = await call(operation, apiAt(tenant.serverUrl, null), there);
    expect(code(answer)).toEqual([401, 'authentication_failed']);
  });

  it.each(OPERATIONS.filter(({ auth }) => auth === 'organization'))(
    '$send is not for application tokens',
    async (operation) => {
      expect(code(await call(operation, portal, there))).toEqual([403, 'insufficient access']);
    },
  );

  it.each(OPERATIONS.filter(({ auth }) => auth === 'application'))(
    '$send shows an application token nothing of other applications',
    async (operation) => {
      expect(code(await call(operation, portal, { ...there, app: 'other' }))).toEqual([404, 'not_found']);
    },
  );

  it.each(FINDING)('$send answers 404 where nothing of it exists', async (operation) => {
    expect(code(await call(operation, tenant.send, gone))).toEqual([404, 'not_found']);
  });

  it.each(FINDING.filter(({ send }) => (send.match(/\{/g) ?? []).length > 1))(
    '$send answers 404 where its application alone exists',
    async (operation) => {
      expect(code(await call(operation, tenant.send, { ...gone, app: 'acme' }))).toEqual([404, 'not_found']);
    },
  );

  it.each(UNUSED_METHODS)('%s %s is a wrong method', async (method, path) => {
    const filled = path.replaceAll(/\{\w+\}/g, 'gone');
    const answer = await tenant.send(method, filled);
    expect(code(answer)).toEqual([405, 'method_not_allowed']);
    expect(answer.headers.get('allow')?.split(',')).not.toContain(method);
  });
});
