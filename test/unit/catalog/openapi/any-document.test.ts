import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readEventTypes } from '../../../../functions/catalog/event-types/openapi/read-event-types.domain.ts';

const webhook = {
  description: 'd',
  post: {
    summary: 's',
    'x-svix-feature-flags': ['beta'],
    'x-svix-group-name': 'g',
    callbacks: { done: { '{$url}': { post: {} } } },
    requestBody: {
      content: {
        'application/json': {
          schema: {
            $ref: '#/components/schemas/A',
          },
          example: { n: 1 },
          examples: { a: { value: 1 } },
        },
      },
    },
  },
};
const schema = {
  ...{ type: 'object', nullable: true, exclusiveMinimum: true, minimum: 1, enum: [1], required: ['a'] },
  properties: { a: { $ref: '#/components/schemas/A' }, b: { prefixItems: [{}], items: {} } },
  ...{
    allOf: [{}],
    dependentRequired: { a: ['b'] },
    dependentSchemas: { a: {} },
    additionalProperties: false,
    ...{
      unevaluatedItems: { not: {} },
      oneOf: [{ unevaluatedProperties: {} }],
      contains: {},
      minContains: 2,
    },
  },
};
const document = (openapi: string) => ({
  openapi,
  webhooks: { one: webhook },
  'x-webhooks': { two: webhook },
  paths: { '/a': { post: { callbacks: { three: { x: { put: {} } } } } } },
  components: { schemas: { A: schema } },
});

type Tree = Record<string, unknown>;
const placesOf = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? [path, ...Object.entries(value).flatMap(([name, inner]) => placesOf(inner, [...path, name]))]
    : [path];

/** A copy with another value at one place. */
const replaced = (value: unknown, [first, ...rest]: readonly string[], by: unknown): unknown => {
  if (first === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) =>
      String(index) === first ? replaced(item, rest, by) : (item as unknown),
    );
  return { ...(value as Tree), [first]: replaced((value as Tree)[first], rest, by) };
};

it('event types are read from any JSON, or it is said what is wrong', () => {
  const versions = fc.constantFrom('3.0.3', '3.1.0').map(document);
  const references = fc.constantFrom(
    ...placesOf(document('3.1.0')).map((path) => ({ $ref: `#/${path.join('/')}` })),
  );
  const values = fc.oneof(fc.jsonValue(), references, fc.constant({ $ref: '#' }));
  const changed = fc
    .tuple(versions, fc.array(fc.tuple(fc.nat(), values), { maxLength: 3 }))
    .map(([whole, changes]) =>
      changes.reduce<unknown>((current, [at, value]) => {
        const places = placesOf(current);
        return replaced(current, places[at % places.length] ?? [], value);
      }, whole),
    );
  fc.assert(
    fc.property(changed, (value) => {
      const { kind } = readEventTypes(value);
      expect(['read', 'problem']).toContain(kind);
    }),
    { numRuns: 500 },
  );
});
