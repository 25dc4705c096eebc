import { describe, expect, it } from 'vitest';
import { column, complaints, makeClient, token } from '../client.ts';
import { ORG } from '../fakes.ts';

const ROOT = '/api/v1/event-type';
const decode = 'value_error.jsondecode';
const paid = { name: 'order.paid', description: 'An order was paid' };

describe('event types API', () => {
  it('creates an event type and returns its schemas as they were written', async () => {
    const { send } = await makeClient();
    const schemas = '{"1":{"type":"object","properties":{"n":{"type":"integer","multipleOf":1.0}}}}';
    const body = `{"name":"order.paid","description":"d","schemas":${schemas},"featureFlags":["beta"],"groupName":"g"}`;
    const { status, json, text } = await send('POST', `${ROOT}/`, body);
    expect(status).toBe(201);
    expect(text).toContain(`"schemas":${schemas},`);
    expect(Object.keys(json as object).sort()).toEqual([
      'archived',
      'createdAt',
      'deprecated',
      'description',
      'featureFlag',
      'featureFlags',
      'groupName',
      'name',
      'schemas',
      'updatedAt',
    ]);
    expect((await send('GET', `${ROOT}/order.paid/`)).text).toBe(text);
  });

  it('answers 409 to an existing name; creating an archived one restores it', async () => {
    const { send } = await makeClient();
    await send('POST', ROOT, paid);
    expect((await send('POST', ROOT, paid)).json).toEqual({
      code: 'event_type_exists',
      detail: 'An event_type with this name already exists',
    });
    expect((await send('DELETE', `${ROOT}/order.paid`)).status).toBe(204);
    expect((await send('GET', `${ROOT}/order.paid`)).json.archived).toBe(true);
    const again = await send('POST', ROOT, { ...paid, archived: true });
    expect([again.status, again.json.archived]).toEqual([201, true]);
    expect((await send('POST', ROOT, paid)).status).toBe(201);
  });

  it('lists event types by name, with archived ones and schemas on request', async () => {
    const { send } = await makeClient();
    for (const name of ['b', 'a', 'c'])
      await send('POST', ROOT, { name, description: '', schemas: { 1: {} } });
    await send('DELETE', `${ROOT}/b`);
    const all = await send('GET', `${ROOT}?order=descending`);
    expect([column(all, 'name'), column(all, 'schemas')]).toEqual([
      ['a', 'c'],
      [null, null],
    ]);
    expect([all.json.iterator, all.json.prevIterator]).toEqual(['c', '-a']);
    expect(column(await send('GET', `${ROOT}?iterator=b`), 'name')).toEqual(['c']);
    const full = await send('GET', `${ROOT}?include_archived=true&with_content=true&limit=2`);
    expect([column(full, 'name'), column(full, 'schemas')]).toEqual([
      ['a', 'b'],
      [{ 1: {} }, { 1: {} }],
    ]);
    expect((await send('GET', `${ROOT}?iterator=-`)).status).toBe(422);
  });

  it.each(['a%20b', '%C3%A9', 'a%2Fb'])('creates an event type by PUT under any name: %s', async (name) => {
    const { send } = await makeClient();
    const created = await send('PUT', `${ROOT}/${name}`, { description: 'x', name: 'ignored' });
    expect([created.status, created.json.name]).toEqual([201, decodeURIComponent(name)]);
    const replaced = await send('PUT', `${ROOT}/${name}`, { description: 'y' });
    expect([replaced.status, replaced.json.description]).toEqual([200, 'y']);
    const page = await send('GET', `${ROOT}?limit=1`);
    expect(
      (await send('GET', `${ROOT}?iterator=${encodeURIComponent(String(page.json.iterator))}`)).status,
    ).toBe(200);
  });

  it('patches an event type: omitted fields stay, null clears', async () => {
    const { send } = await makeClient();
    await send('POST', ROOT, { ...paid, schemas: { 1: true }, featureFlag: 'beta' });
    const kept = await send('PATCH', `${ROOT}/order.paid`, { deprecated: true });
    expect(kept.json).toMatchObject({ ...paid, deprecated: true, schemas: { 1: true }, featureFlag: 'beta' });
    const cleared = await send('PATCH', `${ROOT}/order.paid`, { schemas: null, featureFlag: null });
    expect(cleared.json).toMatchObject({ schemas: null, featureFlag: null });
    expect((await send('PATCH', `${ROOT}/nope`, {})).status).toBe(404);
  });

  it('sets feature flags and group, which PATCH and PUT change and clear', async () => {
    const { send } = await makeClient();
    const made = await send('POST', ROOT, { ...paid, featureFlags: ['b', 'a', 'b'], groupName: 'orders' });
    expect(made.json).toMatchObject({ featureFlags: ['b', 'a'], featureFlag: 'b', groupName: 'orders' });
    const renamed = await send('PATCH', `${ROOT}/order.paid`, { groupName: 'shop' });
    expect(renamed.json).toMatchObject({ featureFlags: ['b', 'a'], groupName: 'shop' });
    const cleared = await send('PATCH', `${ROOT}/order.paid`, { featureFlags: null, groupName: null });
    expect(cleared.json).toMatchObject({ featureFlag: null });
    expect(cleared.text).not.toMatch(/featureFlags|groupName/);
    const put = { description: '', featureFlags: [], featureFlag: 'one', groupName: 'g' };
    expect((await send('PUT', `${ROOT}/order.paid`, put)).json).toMatchObject({ featureFlag: null });
    const old = { description: '', featureFlag: 'one', featureFlags: null };
    expect((await send('PUT', `${ROOT}/order.paid`, old)).json).toMatchObject({ featureFlags: ['one'] });
  });

  it.each([
    [{ featureFlags: ['a b'] }, 'body/feature_flags/__all__ value_error'],
    [{ featureFlags: 'a' }, `body/featureFlags ${decode}`],
    [{ featureFlags: Array.from({ length: 101 }, (_, n) => `f${n}`) }, 'body/feature_flags value_error'],
    [{ groupName: '' }, 'body/group_name/__all__ value_error'],
    [{ groupName: 5 }, `body/groupName ${decode}`],
  ])('refuses %j', async (fields, complaint) => {
    const { send } = await makeClient();
    expect(complaints(await send('POST', ROOT, { ...paid, ...fields }))).toEqual([complaint]);
  });

  it('shows an event type to application tokens that have one of its feature flags', async () => {
    const { send } = await makeClient();
    await send('POST', ROOT, { ...paid, featureFlags: ['beta', 'gold'] });
    const { json: app } = await send('POST', '/api/v1/app', { name: 'Acme' });
    const seen = async (feature_flags: string[]) => {
      const claims = { sub: app.id, org: ORG, feature_flags };
      const headers = { authorization: `Bearer ${await token(claims)}` };
      return (await send('GET', `${ROOT}/order.paid`, undefined, headers)).status;
    };
    expect([await seen(['gold']), await seen(['beta']), await seen(['silver']), await seen([])]).toEqual([
      200, 200, 404, 404,
    ]);
  });

  it('deletes an event type with expunge=true', async () => {
    const { send } = await makeClient();
    await send('POST', ROOT, paid);
    expect((await send('DELETE', `${ROOT}/order.paid?expunge=true`)).status).toBe(204);
    expect((await send('GET', `${ROOT}/order.paid`)).status).toBe(404);
    expect((await send('DELETE', `${ROOT}/order.paid?expunge=true`)).status).toBe(404);
  });

  it('hides event types behind feature flags from application tokens without them', async () => {
    const { send } = await makeClient();
    for (const [name, featureFlag] of [
      ['open', null],
      ['beta', 'beta'],
      ['secret', 'secret'],
    ]) {
      await send('POST', ROOT, { name, description: '', featureFlag });
    }
    const { json: app } = await send('POST', '/api/v1/app', { name: 'Acme' });
    const claims = { sub: app.id, org: ORG, feature_flags: ['beta'] };
    const headers = { authorization: `Bearer ${await token(claims)}` };
    expect(column(await send('GET', ROOT, undefined, headers), 'name')).toEqual(['beta', 'open']);
    expect((await send('GET', `${ROOT}/secret`, undefined, headers)).status).toBe(404);
    expect((await send('POST', ROOT, paid, headers)).status).toBe(403);
  });

  it.each([
    [{ name: 'a b', description: 'x' }, 'body/name/__all__ value_error'],
    [{ name: '..', description: 'x' }, 'body/name/__all__ value_error'],
    [{ name: 'a' }, `body// ${decode}`],
    [{ name: 'a', description: null }, `body/description ${decode}`],
    [{ name: 'a', description: '', schemas: [] }, `body/schemas ${decode}`],
    [{ name: 'a', description: '', schemas: { 1: { type: 15 } } }, `body/schemas ${decode}`],
    [{ name: 'a', description: '', schemas: { 1: 5 } }, `body/schemas ${decode}`],
    [
      { name: 'a', description: '', schemas: { 1: { $ref: 'https://example.com/s.json' } } },
      `body/schemas ${decode}`,
    ],
    [{ name: 'a', description: '', featureFlag: '' }, `body/featureFlag ${decode}`],
  ])('answers %j with the location of the error', async (body, complaint) => {
    const { send } = await makeClient();
    expect(complaints(await send('POST', ROOT, body))).toEqual([complaint]);
  });

  it.each([
    { prefixItems: 5 },
    { $schema: 'https://example.com/dialect' },
    { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' },
    { $ref: 'http://json-schema.org/draft-07/schema#' },
    { $ref: '#/definitions/a', definitions: { a: { pattern: '^[a-z\\-]+$', format: 'no-such-format' } } },
    { $id: 'x', examples: [{ a: 1 }] },
    true,
  ])('accepts the schema %j', async (schema) => {
    const { send } = await makeClient();
    const answer = await send('POST', ROOT, { ...paid, schemas: { 1: schema, 2: schema } });
    expect(answer.status).toBe(201);
  });
});
