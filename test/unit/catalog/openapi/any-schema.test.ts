import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readEventTypes } from '../../../../functions/catalog/event-types/openapi/read-event-types.domain.ts';

type Fields = Record<string, any>;

const NAMES = ['a', 'b', 'c'] as const;
const name = () => fc.constantFrom(...NAMES);
const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
  const some = () => tie('schema');
  const map = () => fc.dictionary(name(), some(), { maxKeys: 2 });
  const list = () => fc.array(some(), { minLength: 1, maxLength: 2 });
  const keyword = fc.oneof(
    { arbitrary: fc.record({ required: fc.uniqueArray(name(), { maxLength: 2 }) }), weight: 2 },
    { arbitrary: fc.record({ type: fc.constantFrom('object', 'array', 'integer') }), weight: 2 },
    { arbitrary: fc.record({ properties: map() }), weight: 2 },
    { arbitrary: fc.record({ dependentSchemas: map() }), weight: 2 },
    { arbitrary: fc.record({ allOf: list() }), weight: 2 },
    { arbitrary: fc.record({ oneOf: list() }), weight: 5 },
    { arbitrary: fc.record({ anyOf: list(), oneOf: list() }), weight: 2 },
    { arbitrary: fc.record({ prefixItems: list() }), weight: 2 },
    { arbitrary: fc.record({ items: some() }), weight: 2 },
    { arbitrary: fc.record({ contains: some(), minContains: fc.nat(2) }), weight: 5 },
    { arbitrary: fc.record({ contains: some(), maxContains: fc.constantFrom(1, 2) }), weight: 5 },
    { arbitrary: fc.record({ not: some() }), weight: 5 },
    { arbitrary: fc.record({ if: some(), then: some(), else: some() }), weight: 5 },
    { arbitrary: fc.record({ unevaluatedProperties: some() }), weight: 5 },
    { arbitrary: fc.record({ unevaluatedItems: some() }), weight: 5 },
    {
      arbitrary: fc.record({ $ref: fc.constantFrom('#/components/schemas/A', '#/components/schemas/B') }),
      weight: 2,
    },
  );
  const keywords = fc
    .array(keyword, { minLength: 1, maxLength: 2 })
    .map((all) => Object.assign({}, ...all) as Fields);
  return { schema: fc.oneof({ maxDepth: 3 }, fc.boolean(), keywords) };
});
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.nat(2),
    // Not empty: Ajv accepts that beside `contains` in some of them.
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
    fc.dictionary(name(), tie('value'), { maxKeys: 3 }),
  ),
}));

/** The answer of Ajv; undefined where a schema refers to itself without end. */
const answer = <Of>(ask: () => Of): Of | undefined => {
  try {
    return ask();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

it('the draft 7 of a schema accepts whatever the schema accepts in OpenAPI 3.1', () => {
  const options = { strict: false, logger: false, meta: false, validateSchema: false } as const;
  fc.assert(
    fc.property(
      schema,
      schema,
      schema,
      fc.array(value, { minLength: 8, maxLength: 20 }),
      (root, A, B, values) => {
        const components = { schemas: { A, B } };
        const post = { requestBody: { content: { 'application/json': { schema: root } } } };
        const read = readEventTypes({ openapi: '3.1.0', webhooks: { one: { post } }, components });
        // A reference that leads to itself is refused.
        if (read.kind === 'problem') return;
        const stored = JSON.parse(read.eventTypes[0]?.schemas ?? '{}') as Fields;
        const whole = { $ref: '#/components/root', components: { ...components, root } };
        const original = answer(() => new Ajv2020(options).compile(whole));
        const draft7 = answer(() => new Ajv(options).compile(stored['1'] as object));
        if (original === undefined || draft7 === undefined) return;
        for (const one of values)
          if (answer(() => original(one)) === true) expect(answer(() => draft7(one))).not.toBe(false);
      },
    ),
    { numRuns: 1_000, seed: 1 },
  );
});
