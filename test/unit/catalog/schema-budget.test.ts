import { describe, expect, it } from 'vitest';
import { schemasProblem } from '../../../functions/catalog/event-types/json-schema.ts';
import { SCHEMA_BUDGET } from '../../../functions/platform/limits/schemas.domain.ts';

const list = <Item>(count: number, item: (index: number) => Item) =>
  Array.from({ length: count }, (_, index) => item(index));
const map = <Item>(count: number, item: (index: number) => Item) =>
  Object.fromEntries(list(count, (index) => [`p${index}`, item(index)]));
const nested = (depth: number): object => (depth === 0 ? {} : { items: nested(depth - 1) });

const problemOf = (schema: unknown) => schemasProblem(JSON.stringify({ '1': schema }));
/** The most expensive legal schema takes 0.75 s of an idle core. Without a budget these schemas took minutes. */
const GENEROUS_CPU_MS = 15_000;

/** Expects the CPU time of this process: on a busy machine the wall clock counts the others' time too. */
const expectWithin = async (mostMs: number, work: () => Promise<void>): Promise<void> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(mostMs);
};

const { depth, values, objects, references, branches, enumItems, patterns, patternChars, bytes } =
  SCHEMA_BUDGET;

describe('schema over the compilation budget', () => {
  it.each([
    ['bytes', { description: 'x'.repeat(bytes) }, /bytes/],
    ['levels', nested(depth), /levels/],
    ['values', { examples: [list(values, () => 0)] }, /values/],
    ['objects', { properties: map(objects, () => ({})) }, /objects/],
    ['references', { properties: map(references + 1, () => ({ $ref: '#' })) }, /references/],
    [
      '150 x 150 references',
      { definitions: map(150, () => ({ allOf: list(150, (to) => ({ $ref: `#/definitions/p${to}` })) })) },
      /allowed/,
    ],
    ['branches of one list', { anyOf: list(branches + 1, () => true) }, /conditions/],
    [
      'branches of all lists',
      { properties: map(branches + 1, () => ({ not: { type: 'null' } })) },
      /conditions/,
    ],
    ['items of an enum', { enum: list(enumItems + 1, String) }, /enum/],
    ['60,000 items of an enum', { enum: list(60_000, Number) }, /enum|bytes/],
    ['patterns', { patternProperties: map(patterns + 1, () => ({})) }, /patterns/],
    ['characters of a pattern', { pattern: 'a'.repeat(patternChars + 1) }, /pattern/],
    [
      'characters of a property pattern',
      { patternProperties: { ['a'.repeat(patternChars + 1)]: {} } },
      /pattern/,
    ],
  ])('is refused with the reason before it is compiled: %s', async (_, schema, reason) => {
    await expectWithin(GENEROUS_CPU_MS / 10, async () => {
      expect(await problemOf(schema)).toMatch(reason);
    });
  });

  it('is refused when only all versions together exceed the budget', async () => {
    const half = { properties: map(objects / 2, () => ({})) };
    expect(await schemasProblem(JSON.stringify({ '1': half, '2': half }))).toMatch(/objects/);
  });
});

describe('schema at the compilation budget', () => {
  it.each([
    [
      '1,000 properties',
      { properties: map(1_000, () => ({ type: ['string', 'null'], minLength: 1, enum: ['a', 'b'] })) },
    ],
    [
      'alternatives',
      { oneOf: list(branches, () => ({ properties: map(5, () => ({ type: 'string', minLength: 2 })) })) },
    ],
    [
      'alternatives inside each other',
      list(20, String).reduce<object>(
        (schema) => ({ oneOf: [schema, { type: 'string' }, { type: 'number' }] }),
        {},
      ),
    ],
    [
      'references',
      {
        definitions: map(references, () => ({ properties: { a: {} } })),
        properties: map(references, (to) => ({ $ref: `#/definitions/p${to}` })),
      },
    ],
    [
      'references to each other',
      {
        definitions: map(13, () => ({ allOf: list(13, (to) => ({ $ref: `#/definitions/p${to}` })) })),
        $ref: '#/definitions/p0',
      },
    ],
    [
      'patterns',
      {
        properties: map(1_000, () => ({})),
        patternProperties: map(patterns, () => ({ type: 'string' })),
        additionalProperties: false,
      },
    ],
    ['patterns that backtrack', { pattern: '(a+)+$'.repeat(150) }],
    ['items', { enum: list(enumItems, (index) => ({ a: [1, 2, index] })) }],
    ['tuples', { items: list(1_000, (minLength) => ({ type: 'string', minLength })) }],
    ['levels', nested(depth - 2)],
  ])('compiles in bounded time: %s', async (_, schema) => {
    await expectWithin(GENEROUS_CPU_MS, async () => {
      expect(await problemOf(schema)).toBeUndefined();
    });
  });
});
