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

/** Where the contract's server itself answers otherwise than its document says. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'GET /api/v1/health': '> 200 HealthOut',
  'POST /api/v1/auth/logout': '> 501 HttpErrorOut',
};

describe.each(Object.entries({ ...OPERATIONS, ...OTHERWISE }))('%s', (route, notation) => {
  const wanted = readOperation(notation);
  const operation = operationAt(route);

  it('is in the document, with all query parameters', () => {
    const parameters = operation?.parameters ?? [];
    const query = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    expect(operation).toBeDefined();
    expect(wanted.query.filter((name) => !query.includes(name))).toEqual([]);
  });

  it('takes every body that the contract allows', () => {
    expect(schemaOf(operation!.requestBody)).toBe(wanted.body);
    if (wanted.body === undefined) return;
    const problems = bodyProblems(readFields(SCHEMAS[wanted.body]!), fieldsOf(schemas[wanted.body]!));
    expect(problems).toEqual([]);
  });

  it('answers what the contract’s clients read', () => {
    for (const { status, name } of wanted.answers) {
      expect([status, answerOf(operation!, status)]).toEqual([status, name]);
    }
  });

  it('can be repeated under a key if it is a POST of somebody', () => {
    const parameters = operation?.parameters ?? [];
    const takesKey = parameters.some(({ name }) => name === 'idempotency-key');
    expect(takesKey).toBe(route.startsWith('POST') && !route.endsWith('/logout'));
  });
});

const answered = Object.keys(SCHEMAS).filter((name) => !/(In|Patch|Update)$/.test(name));

it.each(answered)('every %s of ours is one of the contract’s', (name) => {
  expect(answerProblems(readFields(SCHEMAS[name]!), fieldsOf(schemas[name]!))).toEqual([]);
});

it('every operation that asks for a token documents both shapes of refusals', () => {
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
