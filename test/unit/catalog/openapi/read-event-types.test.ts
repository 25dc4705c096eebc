import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { documentSizeProblem } from '../../../../functions/catalog/event-types/openapi/document-size.domain.ts';
import { parseDocument } from '../../../../functions/catalog/event-types/openapi/parse-document.ts';
import { readEventTypes } from '../../../../functions/catalog/event-types/openapi/read-event-types.domain.ts';

type Fields = Record<string, any>;

/** A document with one webhook whose JSON body has this schema. */
const withSchema = (schema: unknown, openapi = '3.1.0', more: Fields = {}) => ({
  openapi,
  [openapi.startsWith('3.0') ? 'x-webhooks' : 'webhooks']: {
    'order.paid': { post: { requestBody: { content: { 'application/json': { schema } } } } },
  },
  ...more,
});

const read = (document: unknown) => {
  const described = readEventTypes(document);
  if (described.kind === 'problem') throw new Error(`${described.path.join('.')}: ${described.message}`);
  return described.eventTypes;
};
const schemaOf = (document: unknown): Fields => {
  const byVersion: Fields = JSON.parse(read(document)[0]?.schemas ?? '{}');
  return byVersion[1] as Fields;
};
const problemOf = (document: unknown) => {
  const described = readEventTypes(document);
  return described.kind === 'problem' ? `${described.path.join('.')}: ${described.message}` : undefined;
};
const converted = (schema: unknown, openapi?: string) => schemaOf(withSchema(schema, openapi));
const isValid = (schema: object, value: unknown) => new Ajv({ strict: false }).validate(schema, value);

describe('event types of an OpenAPI document', () => {
  it('are its webhooks, with description, schema, examples, flags and group', () => {
    const operation = {
      description: 'An order was paid',
      deprecated: true,
      'x-svix-feature-flags': ['beta', 'gold', 'beta'],
      'x-svix-group-name': 'orders',
      requestBody: {
        content: {
          'text/plain': { schema: { type: 'string' } },
          'application/json; charset=utf-8': {
            schema: { type: 'object', properties: { n: { type: 'integer' } }, example: { n: 3 } },
            example: { n: 1 },
            examples: { one: { value: { n: 2 } } },
          },
        },
      },
    };
    const webhooks = { 'order.paid': { post: operation }, 'order.sent': { summary: 'Sent', post: {} } };
    expect(read({ openapi: '3.1.0', webhooks })).toEqual([
      {
        name: 'order.paid',
        description: 'An order was paid',
        deprecated: true,
        schemas: JSON.stringify({
          1: {
            ...{ type: 'object', properties: { n: { type: 'integer' } } },
            examples: [{ n: 1 }, { n: 2 }, { n: 3 }],
          },
        }),
        featureFlags: ['beta', 'gold'],
        groupName: 'orders',
        path: ['webhooks', 'order.paid'],
      },
      {
        ...{ name: 'order.sent', description: 'Sent', deprecated: false, schemas: null },
        ...{ featureFlags: null, groupName: null, path: ['webhooks', 'order.sent'] },
      },
    ]);
  });

  it('are the x-webhooks of 3.0, and path items, bodies, examples and schemas behind references', () => {
    const document = {
      openapi: '3.0.3',
      'x-webhooks': { 'order.paid': { $ref: '#/components/pathItems/Paid' } },
      components: {
        pathItems: { Paid: { post: { requestBody: { $ref: '#/components/requestBodies/Paid' } } } },
        requestBodies: {
          Paid: {
            content: {
              'application/vnd.acme+json': {
                schema: { $ref: '#/components/schemas/Order' },
                examples: { a: { $ref: '#/components/examples/a~1b' } },
              },
            },
          },
        },
        examples: { 'a/b': { value: { id: '1' } } },
        schemas: { Order: { type: 'object', required: ['id'] } },
      },
    };
    expect(schemaOf(document)).toEqual({ type: 'object', required: ['id'], examples: [{ id: '1' }] });
  });

  it('are the callbacks of operations too, each name once', () => {
    const callback = (description: string) => ({
      '{$request.body#/url}': { post: { description } },
    });
    const document = (second: string) => ({
      openapi: '3.0.0',
      paths: {
        '/a': { post: { callbacks: { 'job.done': callback('Done') } } },
        '/b': {
          put: {
            callbacks: { 'job.done': callback(second), 'job.failed': { $ref: '#/components/callbacks/F' } },
          },
        },
      },
      components: { callbacks: { F: callback('Failed') } },
    });
    expect(read(document('Done')).map(({ name, description }) => [name, description])).toEqual([
      ['job.done', 'Done'],
      ['job.failed', 'Failed'],
    ]);
    expect(problemOf(document('Other'))).toMatch(/differs from paths\.\/a\.post\.callbacks\.job\.done/);
  });

  it.each<[unknown, RegExp]>([
    [[], /is an object/],
    [{ swagger: '2.0' }, /^openapi: must be the version/],
    [{ openapi: '3.1.0', paths: {} }, /no `webhooks`/],
    [{ openapi: '3.1.0', webhooks: { a: [] } }, /^webhooks\.a: must be a path item/],
    [{ openapi: '3.1.0', webhooks: null }, /^webhooks: must be an object/],
    [{ openapi: '3.1.0', webhooks: [{ a: {} }] }, /^webhooks: must be an object/],
    [{ openapi: '3.1.0', webhooks: { a: { post: 'x' } } }, /^webhooks\.a\.post: must be an operation/],
    [withSchema({ properties: [] }), /schema\.properties: must be an object with a schema/],
    [withSchema({ allOf: {} }), /schema\.allOf: must be a list/],
    [withSchema({ $ref: 'https://evil.test/schema.json' }), /another document \(https:\/\/evil\.test/],
    [withSchema({ $ref: 'file:///etc/passwd' }), /another document/],
    [withSchema({ $ref: '#/components/schemas/None' }), /leads to nothing/],
    [withSchema({ $ref: '#Anchor' }), /must be a path such as/],
    [withSchema({ $ref: '#/%zz' }), /invalid escape/],
    [withSchema({ properties: { a: 3 } }), /properties\.a: a schema is an object/],
    [withSchema({ $ref: '#/constructor' }), /leads to nothing/],
    [
      withSchema({ $ref: '#/components/a' }, '3.1.0', { components: { a: { $ref: '#/components/a' } } }),
      /back to itself/,
    ],
    [{ openapi: '3.1.0', webhooks: { a: { 'x-svix-feature-flags': 'beta', post: {} } } }, /list of names/],
    [{ openapi: '3.1.0', webhooks: { a: { 'x-svix-group-name': 3, post: {} } } }, /must be a name/],
  ])('are refused with the place of the fault: %j', (document, message) => {
    expect(problemOf(document)).toMatch(message);
  });

  it('are none where the webhooks are empty', () => {
    expect(read({ openapi: '3.1.0', webhooks: {} })).toEqual([]);
  });

  it('may have names that begin as extensions do, which maps of OpenAPI cannot have', () => {
    const webhooks = { 'x-order': { post: {} } };
    expect(read({ openapi: '3.1.0', webhooks }).map(({ name }) => name)).toEqual(['x-order']);
    const paths = { '/a': { post: { callbacks: { done: { 'x-a': 1, '{$url}': { post: {} } } } } }, 'x-b': 1 };
    expect(read({ openapi: '3.1.0', paths }).map(({ name }) => name)).toEqual(['done']);
  });

  it('are read of versions that YAML takes for numbers', () => {
    const schema = { type: 'string', nullable: true };
    expect(schemaOf({ ...withSchema(schema, '3.0.0'), openapi: 3 })).toEqual({ type: ['string', 'null'] });
    expect(schemaOf({ ...withSchema(schema), openapi: 3.1 })).toEqual({ type: 'string' });
  });
});

describe('conversion of schemas to draft 7', () => {
  it('keeps shared and recursive schemas as definitions, each once', () => {
    const components = {
      schemas: {
        Node: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            children: { type: 'array', items: { $ref: '#/components/schemas/Node' } },
          },
          required: ['id'],
        },
      },
    };
    const schema = schemaOf(withSchema({ $ref: '#/components/schemas/Node' }, '3.1.0', { components }));
    expect(Object.keys(schema['definitions'] as Fields)).toEqual(['Node']);
    expect(isValid(schema, { id: 'a', children: [{ id: 'b', children: [] }] })).toBe(true);
    expect(isValid(schema, { id: 'a', children: [{ children: [] }] })).toBe(false);
  });

  it('gives definitions of the same last name different ones', () => {
    const components = {
      schemas: { A: { type: 'string' } },
      'x-more': { A: { type: 'integer' } },
    };
    const properties = { a: { $ref: '#/components/schemas/A' }, b: { $ref: '#/components/x-more/A' } };
    const schema = schemaOf(withSchema({ properties }, '3.1.0', { components }));
    expect([
      isValid(schema, { a: 'x', b: 1 }),
      isValid(schema, { a: 1 }),
      isValid(schema, { b: 'x' }),
    ]).toEqual([...[true, false, false]]);
  });

  it.each<[string, unknown, unknown]>([
    ['nullable', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [
      'a nullable enum',
      { type: 'string', nullable: true, enum: ['a'] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    ['exclusive bounds', { minimum: 1, exclusiveMinimum: true }, { exclusiveMinimum: 1 }],
    ['inclusive bounds', { maximum: 1, exclusiveMaximum: false }, { maximum: 1 }],
    ['an example', { type: 'string', example: 'x' }, { type: 'string', examples: ['x'] }],
    [
      'keywords of OpenAPI',
      { type: 'object', discriminator: { propertyName: 'a' }, xml: {}, 'x-a': 1 },
      { type: 'object' },
    ],
    [
      'nullable without a type',
      { nullable: true, oneOf: [{ type: 'string' }] },
      { anyOf: [{ oneOf: [{ type: 'string' }] }, { type: 'null' }] },
    ],
  ])('converts %s of 3.0', (_, schema, expected) => {
    expect(converted(schema, '3.0.1')).toEqual(expected);
  });

  it.each<[string, unknown, unknown]>([
    ['types with null', { type: ['string', 'null'] }, { type: ['string', 'null'] }],
    [
      'prefixItems',
      { prefixItems: [{ type: 'string' }], items: false },
      { items: [{ type: 'string' }], additionalItems: false },
    ],
    [
      'dependencies',
      { dependentRequired: { a: ['b'] }, dependentSchemas: { c: {} } },
      { dependencies: { a: ['b'], c: {} } },
    ],
    [
      'identifiers',
      { $schema: 'x', $id: 'https://a.test/', $anchor: 'a', type: 'object' },
      { type: 'object' },
    ],
    ['numeric exclusive bounds', { exclusiveMinimum: 1 }, { exclusiveMinimum: 1 }],
    [
      'data that looks like schemas',
      { const: { $ref: '#/x' }, enum: [{ nullable: true }], default: { $ref: 'y' } },
      { const: { $ref: '#/x' }, enum: [{ nullable: true }], default: { $ref: 'y' } },
    ],
    ['booleans', true, true],
  ])('converts %s of 3.1', (_, schema, expected) => {
    expect(converted(schema)).toEqual(expected);
  });

  it.each<[string, Fields, readonly unknown[], readonly unknown[]]>([
    [
      'alternatives without other properties',
      { oneOf: ['a', 'b'].map((name) => ({ properties: { [name]: {} }, unevaluatedProperties: false })) },
      [{ a: 1 }, { b: 1 }],
      [{ c: 1 }],
    ],
    [
      'tuples without other items',
      { type: 'array', prefixItems: [{ type: 'string' }], unevaluatedItems: false },
      [['a']],
      [['a', 1]],
    ],
    ['an optional item', { contains: { const: 1 }, minContains: 0 }, [[], [1]], []],
    [
      'alternatives that draft 7 cannot distinguish',
      {
        oneOf: ['a', 'b'].map((name) => ({
          ...{ allOf: [{ properties: { [name]: { type: 'string' } } }], unevaluatedProperties: false },
        })),
      },
      [{ a: 'x' }, { b: 'x' }],
      [{ a: 1, b: 1 }],
    ],
    [
      'such alternatives beside others',
      {
        allOf: [{ required: ['a'] }],
        anyOf: [{ required: ['b'] }],
        oneOf: [{ required: ['c'], maxContains: 1 }, { required: ['d'] }],
      },
      [{ a: 1, b: 1, c: 1 }],
      [
        { a: 1, b: 1 },
        { a: 1, c: 1 },
        { b: 1, c: 1 },
      ],
    ],
    [
      'the opposite of what draft 7 cannot say',
      { not: { contains: { const: 1 }, minContains: 2 }, type: 'array' },
      [[], [1]],
      [3],
    ],
    [
      'conditions that draft 7 cannot say',
      {
        if: { $ref: '#/components/schemas/Few' },
        then: { maxItems: 2 },
        else: { minItems: 5 },
        type: 'array',
      },
      [[1], [1, 1, 1, 1, 1]],
      [3],
    ],
  ])('accepts all that the document accepts: %s', (_, schema, accepted, refused) => {
    const components = { schemas: { Few: { contains: { const: 1 }, maxContains: 2 } } };
    const draft7 = schemaOf(withSchema(schema, '3.1.0', { components }));
    expect(accepted.map((value) => isValid(draft7, value))).toEqual(accepted.map(() => true));
    expect(refused.map((value) => isValid(draft7, value))).toEqual(refused.map(() => false));
  });

  it('keeps what is beside the reference of a body in 3.1', () => {
    const components = { schemas: { A: { type: 'object' } } };
    const draft7 = schemaOf(
      withSchema({ $ref: '#/components/schemas/A', required: ['a'] }, '3.1.0', { components }),
    );
    expect([isValid(draft7, { a: 1 }), isValid(draft7, {}), isValid(draft7, [])]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('allows what a reference allows beside unevaluatedProperties', () => {
    const components = { schemas: { A: { properties: { a: {} } } } };
    const beside = { $ref: '#/components/schemas/A', unevaluatedProperties: false };
    const draft7 = schemaOf(withSchema(beside, '3.1.0', { components }));
    expect(isValid(draft7, { a: 1 })).toBe(true);
  });

  it('keeps what is beside a reference of 3.1, and drops it from 3.0', () => {
    const components = { schemas: { A: { type: 'object' } } };
    const beside = { properties: { a: { $ref: '#/components/schemas/A', minProperties: 1 } } };
    const newer = schemaOf(withSchema(beside, '3.1.0', { components }));
    const older = schemaOf(withSchema(beside, '3.0.0', { components }));
    expect(newer['properties'].a).toEqual({ minProperties: 1, allOf: [{ $ref: '#/definitions/A' }] });
    expect(older['properties'].a).toEqual({ $ref: '#/definitions/A' });
  });

  it('refuses a schema with more parts than the budget of an event type, without expanding references', () => {
    // Each level refers to the next one twice: written out, it would have 2^40 parts.
    const schemas = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => {
        const $ref = `#/components/schemas/L${level + 1}`;
        return [`L${level}`, level === 39 ? {} : { properties: { a: { $ref }, b: { $ref } } }];
      }),
    );
    const small = schemaOf(
      withSchema({ $ref: '#/components/schemas/L0' }, '3.1.0', { components: { schemas } }),
    );
    expect(Object.keys(small['definitions'] as Fields)).toHaveLength(39);
    const properties = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`p${index}`, {}]));
    expect(problemOf(withSchema({ properties }))).toMatch(/at most 1500 schemas/);
  });
});

describe('text of an OpenAPI document', () => {
  it('is JSON or YAML with anchors', async () => {
    expect(await parseDocument('{"a":[1]}')).toEqual({ kind: 'parsed', value: { a: [1] } });
    expect(await parseDocument('a: &x\n  - 1\nb: *x\nwhen: 2026-01-01\n')).toEqual({
      kind: 'parsed',
      value: { a: [1], b: [1], when: '2026-01-01' },
    });
  });

  it('has its merge keys carried out, those of merged objects too', async () => {
    const text = `
a: &a { one: 1, two: 1, __proto__: 1 }
b: &b { <<: *a, two: 2 }
c: { <<: [*b, { two: 3, three: 3 }], four: 4 }
d: { <<: text }
`;
    const parsed = await parseDocument(text);
    expect(JSON.parse(JSON.stringify(parsed))).toMatchObject({
      value: { b: { one: 1, two: 2 }, c: { one: 1, two: 2, three: 3, four: 4 }, d: { '<<': 'text' } },
    });
  });

  it('is refused if it is neither, or too large with its anchors written out', async () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (let level = 0; level < 9; level += 1) {
      const [from, to] = [String.fromCharCode(97 + level), String.fromCharCode(98 + level)];
      bomb.push(`${to}: &${to} [${Array<string>(10).fill(`*${from}`).join(',')}]`);
    }
    const wide = `a: &a "${'x'.repeat(100_000)}"\nb: [${Array<string>(900).fill('*a').join(',')}]`;
    const deep = `${'['.repeat(600)}${']'.repeat(600)}`;
    for (const [text, message] of [
      ['{"a": ', /neither JSON nor YAML/],
      ['a: [', /neither JSON nor YAML/],
      [bomb.join('\n'), /alias count/],
      [wide, /anchors written out/],
      [deep, /more than 500 levels/],
      ['a: &a\n  b: *a\n', /./],
      ['a: &a\n  <<: *a\n', /levels deep/],
      ['a: 1\n---\nb: 2\n', /multiple documents/],
    ] as const) {
      const parsed = await parseDocument(text);
      expect(parsed).toEqual({ kind: 'problem', message: expect.stringMatching(message) });
    }
  });

  it('counts an object that contains itself as too large', () => {
    const loop: Fields = {};
    loop['again'] = loop;
    expect(documentSizeProblem(loop)).toMatch(/levels deep/);
  });
});
