import { describe, expect, it } from 'vitest';
import { schemasProblem } from '../../../functions/catalog/event-types/json-schema.ts';
import type { Tenant } from '../../../functions/catalog/catalog.port.ts';
import type { OrganizationSettings } from '../../../functions/catalog/settings/settings.domain.ts';
import type { MessageContent } from '../../../functions/publish/messages.port.ts';
import { makeCheckPayloads } from '../../../functions/publish/schema-check/check-payload.flow.ts';
import type { ReportedViolation } from '../../../functions/publish/schema-check/check-payload.flow.ts';
import { makeFindSchemas } from '../../../functions/publish/schema-check/compiled-schemas.ts';
import { makeMemoryCatalog } from '../../support/memory/catalog.ts';
import {
  ENDPOINT,
  NOON,
  ORG,
  SETTINGS,
  application,
  eventType,
  publishRequest,
} from '../../support/simulation/builders.ts';

const ORDER = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    amount: { type: 'integer', minimum: 0 },
    currency: { enum: ['EUR', 'USD'] },
    items: {
      type: 'array',
      items: { type: 'object', required: ['sku'], additionalProperties: false, properties: { sku: {} } },
    },
  },
  required: ['id'],
};

type Setting = OrganizationSettings['schemaValidation'];

const start = async (schemas: object | null, setting: Setting = 'reject', stepMs = 0) => {
  const { eventTypes, schemasRevision } = makeMemoryCatalog();
  const store = async (next: object | null) =>
    eventTypes.put(eventType('order.paid', { schemas: next === null ? null : JSON.stringify(next) }));
  await store(schemas);
  const reported: ReportedViolation[] = [];
  let reads = 0;
  let time = NOON;
  const check = makeCheckPayloads({
    schemas: makeFindSchemas({
      find: (orgId, name) => {
        reads += 1;
        return eventTypes.find(orgId, name);
      },
    }),
    now: () => (time += stepMs),
    report: (violation) => void reported.push(violation),
  });
  const tenant = (): Tenant => {
    const revision = schemasRevision(ORG);
    return {
      ...{ application: application(), endpoints: [], settings: { ...SETTINGS, schemaValidation: setting } },
      ...(revision === undefined ? {} : { schemasRevision: revision }),
    };
  };
  const content = (body: unknown, some: Partial<MessageContent> = {}): MessageContent =>
    publishRequest({
      eventType: 'order.paid',
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      ...some,
    });
  const result = (body: unknown, some?: Partial<MessageContent>) => check(tenant())(content(body, some));
  const paths = async (body: unknown) => (await result(body)).violations.map(({ path }) => path.join('.'));
  return { store, check, tenant, content, result, paths, reported, reads: () => reads };
};

describe('check of payloads against the schemas of event types', () => {
  it('accepts a payload that conforms, and refuses one that does not with the path of the fault', async () => {
    const { result, paths } = await start({ 1: ORDER });
    expect(await result({ id: 'a', amount: 3, items: [{ sku: 1 }] })).toEqual({
      refused: false,
      violations: [],
    });
    expect(await result({ id: 'a', amount: 'x' })).toEqual({
      refused: true,
      violations: [{ path: ['amount'], message: 'must be integer' }],
    });
    expect(await paths({ amount: 3 })).toEqual(['id']);
    expect(await paths({ id: 'a', currency: 'GBP' })).toEqual(['currency']);
    expect(await paths({ id: 'a', items: [{ sku: 1 }, {}] })).toEqual(['items.1.sku']);
    expect(await paths({ id: 'a', items: [{ sku: 1, 'a/b~c': 2 }] })).toEqual(['items.0.a/b~c']);
    expect(await paths([])).toEqual(['']);
  });

  it('warns instead of refusing, and reports both, with names and without values', async () => {
    const { result, reported } = await start({ 1: ORDER }, 'warn');
    const violations = [{ path: ['amount'], message: 'must be integer' }];
    expect(await result({ id: 'a', amount: 'secret' })).toEqual({ refused: false, violations });
    expect(reported).toEqual([
      { orgId: ORG, appId: application().id, eventType: 'order.paid', refused: false, violations },
    ]);
    expect(JSON.stringify(reported)).not.toContain('secret');
  });

  it('reads nothing where the setting is off or no event type has a schema', async () => {
    const off = await start({ 1: ORDER }, 'off');
    const without = await start(null);
    expect(await off.result({})).toEqual({ refused: false, violations: [] });
    expect(await without.result({})).toEqual({ refused: false, violations: [] });
    expect([off.reads(), without.reads()]).toEqual([0, 0]);
  });

  it('reads and compiles the schemas once, and again after each change', async () => {
    const { result, store, reads } = await start({ 1: ORDER });
    for (let turn = 0; turn < 3; turn += 1) await result({ id: 'a' });
    expect(reads()).toBe(1);
    await store({ 1: { type: 'object', required: ['name'] } });
    expect((await result({ id: 'a' })).violations[0]?.path).toEqual(['name']);
    await store(null);
    expect((await result({ id: 'a' })).refused).toBe(false);
    expect(reads()).toBe(3);
  });

  it('accepts a payload of any version, and names the faults by the newest', async () => {
    const { result, paths } = await start({
      ...{ 2: { required: ['two'] }, 10: { required: ['ten'] }, 1: { required: ['one'] } },
    });
    for (const version of ['one', 'two', 'ten']) expect((await result({ [version]: 1 })).refused).toBe(false);
    expect(await paths({})).toEqual(['ten']);
  });

  it('checks messages of other content types too, but no message to one endpoint alone', async () => {
    const { result } = await start({ 1: ORDER });
    const xml = await result('<a/>', { contentType: 'application/xml' });
    expect(xml).toMatchObject({
      refused: true,
      violations: [{ path: [], message: expect.stringContaining('not JSON') }],
    });
    expect(await result('<a/>', { onlyEndpoint: ENDPOINT })).toEqual({ refused: false, violations: [] });
  });

  it.each<[string, object, unknown]>([
    ['backtracks in a pattern', { pattern: '^(a+)+$' }, `${'a'.repeat(60)}b`],
    ['refers to itself without end', { anyOf: [{ $ref: '#' }] }, {}],
  ])('ends when a schema %s: the payload counts as not checked', async (_, schema, body) => {
    const refusing = await start({ 1: schema });
    const warning = await start({ 1: schema }, 'warn');
    const violations = [{ path: [], message: expect.stringContaining('not checked') }];
    expect(await refusing.result(JSON.stringify(body))).toEqual({ refused: true, violations });
    expect(await warning.result(JSON.stringify(body))).toEqual({ refused: false, violations });
  });

  it.each<[string, object, unknown, readonly string[]]>([
    ['$async is not a keyword', { $async: true, required: ['id'] }, {}, ['id']],
    ['a definition with $async', { $ref: '#/definitions/a', definitions: { a: { $async: true } } }, {}, []],
    ['id is not a keyword', { id: 'http://example.com/order', type: 'object' }, {}, []],
    ['nullable without a type', { properties: { a: { nullable: true, allOf: [{}] } } }, { a: 1 }, []],
    ['nullable with a type', { properties: { a: { nullable: true, type: 'string' } } }, { a: null }, []],
    [
      'a property named nullable',
      { properties: { nullable: { type: 'string' } } },
      { nullable: 1 },
      ['nullable'],
    ],
    ['a property named id', { properties: { id: { type: 'string' } } }, { id: 1 }, ['id']],
    ['an inherited property is absent', { properties: { constructor: { type: 'string' } } }, {}, []],
    ['an inherited property is required', { required: ['constructor'] }, {}, ['constructor']],
    ['__proto__ is required', { required: ['__proto__'] }, {}, ['__proto__']],
    ['a fraction that is a multiple', { properties: { a: { multipleOf: 0.01 } } }, { a: 19.99 }, []],
    ['a large multiple', { properties: { a: { multipleOf: 0.01 } } }, { a: 123_456_789_012.34 }, []],
    ['a fraction that is no multiple', { properties: { a: { multipleOf: 0.01 } } }, { a: 19.995 }, ['a']],
    ['too large to be a multiple', { properties: { a: { multipleOf: 0.123456789 } } }, { a: 1e308 }, ['a']],
    ['a pattern of Unicode', { properties: { a: { pattern: String.raw`^\p{L}.$` } } }, { a: 'ü🎉' }, []],
    [
      'a pattern that is none in Unicode',
      { properties: { a: { pattern: String.raw`^[\w\-]+\_$` } } },
      { a: 'a-_' },
      [],
    ],
  ])('reads a schema as draft 7: %s', async (_, schema, body, faults) => {
    expect(await schemasProblem(JSON.stringify({ 1: schema }))).toBeUndefined();
    const { result } = await start({ 1: schema });
    const { violations } = await result(body);
    expect(violations.map(({ path }) => path.join('.'))).toEqual(faults);
  });

  it('gives the payloads of one request a common time limit', async () => {
    const { check, tenant, content } = await start({ 1: ORDER }, 'reject', 400);
    const ofRequest = check(tenant());
    const refused: boolean[] = [];
    for (let item = 0; item < 6; item += 1) refused.push((await ofRequest(content({ id: 'a' }))).refused);
    expect(refused).toEqual([false, false, false, false, false, true]);
    expect((await check(tenant())(content({ id: 'a' }))).refused).toBe(false);
  });

  it('names at most five faults, with short paths', async () => {
    const { result } = await start({
      1: { anyOf: Array.from({ length: 9 }, (_, at) => ({ required: [`p${at}`] })) },
    });
    const { violations } = await result({});
    expect(violations).toHaveLength(5);
    expect(violations[0]).toEqual({ path: [], message: 'must match a schema in anyOf' });
    const long = await start({ 1: { additionalProperties: false } });
    expect((await long.result({ ['x'.repeat(9_000)]: 1 })).violations[0]?.path[0]).toHaveLength(129);
  });

  it('passes a failed read on if it would refuse, and warns of it otherwise', async () => {
    const schemas = () => Promise.reject(new Error('throttled'));
    const report = () => undefined;
    const check = makeCheckPayloads({ schemas, now: () => NOON, report });
    const of = (schemaValidation: Setting) =>
      check({ application: application(), endpoints: [], settings: { ...SETTINGS, schemaValidation } })(
        publishRequest(),
      );
    await expect(of('reject')).rejects.toThrow('throttled');
    expect(await of('warn')).toMatchObject({ refused: false, violations: [{ path: [] }] });
  });
});
