import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/api/openapi/openapi.ts';
import { operations } from '../../../functions/api/operations.ts';
import { OPERATIONS, SCHEMAS } from './contract.ts';
import { answerProblems, bodyProblems, fieldsOf, nameOf, readFields } from './notation.ts';
import type { Schema } from './notation.ts';

interface Content {
  readonly content?: { readonly 'application/json': { readonly schema: Schema } };
}
interface Described {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const { paths, components } = openApiDocument(operations) as unknown as Document;
const { schemas } = components;

const operationAt = (route: string): Described | undefined => {
  const [method = '', path = ''] = route.split(' ');
  return paths[path]?.[method.toLowerCase()];
};
const schemaOf = (part: Content | undefined): string | undefined => {
  const $ref = part?.content?.['application/json'].schema.$ref;
  return $ref === undefined ? undefined : nameOf($ref);
};
const answerOf = (operation: Described, status: string) => schemaOf(operation.responses[status]);

/** Reads `?limit&order < ApplicationIn > 200 ApplicationOut > 201 ApplicationOut`. */
const readOperation = (notation: string) => ({
  query: /^\?(\S+)/.exec(notation)?.[1]?.split('&') ?? [],
  body: /< (\w+)/.exec(notation)?.[1],
  answers: [...notation.matchAll(/> (\d+)(?: (\w+))?/g)].map(([, status = '', name]) => ({ status, name })),
});

/** Operations whose answer on the contract's server differs from its document. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'GET /api/v1/health': '> 200 HealthOut',
};

describe.each(Object.entries({ ...OPERATIONS, ...DIFFERENCES }))(
  'OpenAPI operation %s',
  (route, notation) => {
    const expected = readOperation(notation);
    const operation = operationAt(route);

    it('is documented with all query parameters of the contract', () => {
      const parameters = operation?.parameters ?? [];
      const query = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
      expect(operation).toBeDefined();
      expect(expected.query.filter((name) => !query.includes(name))).toEqual([]);
    });

    it('accepts every body that the contract allows', () => {
      expect(schemaOf(operation!.requestBody)).toBe(expected.body);
      if (expected.body === undefined) return;
      const problems = bodyProblems(readFields(SCHEMAS[expected.body]!), fieldsOf(schemas[expected.body]!));
      expect(problems).toEqual([]);
    });

    it('documents the answers that the contract’s clients read', () => {
      for (const { status, name } of expected.answers) {
        expect([status, answerOf(operation!, status)]).toEqual([status, name]);
      }
    });

    it('takes an idempotency key if it is an authenticated POST', () => {
      const parameters = operation?.parameters ?? [];
      const takesKey = parameters.some(({ name }) => name === 'idempotency-key');
      expect(takesKey).toBe(route.startsWith('POST'));
    });
  },
);

const answered = Object.keys(SCHEMAS).filter((name) => !/(In|Patch|Update)$/.test(name));

it.each(answered)('schema %s contains every field that the contract’s clients read', (name) => {
  expect(answerProblems(readFields(SCHEMAS[name]!), fieldsOf(schemas[name]!))).toEqual([]);
});

it('every authenticated operation documents both error formats', () => {
  for (const { method, path, auth, hidden } of operations) {
    if (auth === 'none' || hidden === true) continue;
    const operation = operationAt(`${method} ${path}`)!;
    expect([path, answerOf(operation, '401'), answerOf(operation, '422')]).toEqual([
      path,
      'HttpErrorOut',
      'HTTPValidationError',
    ]);
  }
});
