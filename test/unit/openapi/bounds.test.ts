import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/api/openapi/openapi.ts';
import { operations } from '../../../functions/api/operations.ts';

/** Parts of requests that have no bound in the document, each with what bounds it instead. */
const BOUNDED_ELSEWHERE: Readonly<Record<string, string>> = {
  'MessageIn.payload: map': 'free JSON: the 2 MiB of a body, and 1,000 levels',
  'MessageIn.transformationsParams: map': 'the same',
  'EventExampleIn.payload: map': 'the same',
  'TestAttemptIn.payload: map': 'the same',
  'EventTypeIn.schemas: map':
    'free JSON: the budget of schemas (functions/platform/limits/schemas.domain.ts)',
  'EventTypeIn.schemas{}: map': 'the same',
  'EventTypePatch.schemas: map': 'the same',
  'EventTypePatch.schemas{}: map': 'the same',
  'EventTypeUpdate.schemas: map': 'the same',
  'EventTypeUpdate.schemas{}: map': 'the same',
  'EventTypeImportOpenApiIn.spec: map': 'free JSON: the 2 MiB of a body, and the limits of imports there',
  'EventTypeImportOpenApiIn.specRaw: string': 'the same',
  'EnvironmentIn.settings: map': 'the same',
  'EnvironmentIn.connectors: array': 'ignored: the 2 MiB of a body',
  'EnvironmentIn.connectors[]: map': 'the same',
};

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

const document = openApiDocument(operations) as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const named = (ref: string): [string, Schema] => {
  const name = ref.replace('#/components/schemas/', '');
  return [name, document.components.schemas[name]!];
};

/** The places of a schema that a request can make arbitrarily large. */
const unbounded = (schema: Schema, place: string): string[] => {
  if (schema.$ref !== undefined) {
    const [name, found] = named(schema.$ref);
    return unbounded(found, name);
  }
  const choices = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => list ?? []);
  const inside = choices.flatMap((choice) => unbounded(choice, place));
  const types = [schema.type ?? []].flat();
  if (types.includes('string') && schema.enum === undefined && schema.maxLength === undefined) {
    inside.push(`${place}: string`);
  }
  if (types.includes('array')) {
    if (schema.maxItems === undefined) inside.push(`${place}: array`);
    inside.push(...unbounded(schema.items ?? {}, `${place}[]`));
  }
  if (types.includes('object')) {
    const { properties = {}, additionalProperties } = schema;
    const isMap = typeof additionalProperties === 'object' || additionalProperties === true;
    const isFree = schema.properties === undefined && additionalProperties !== false;
    if ((isMap || isFree) && schema.maxProperties === undefined) inside.push(`${place}: map`);
    if (typeof additionalProperties === 'object')
      inside.push(...unbounded(additionalProperties, `${place}{}`));
    for (const [name, field] of Object.entries(properties))
      inside.push(...unbounded(field, `${place}.${name}`));
  }
  return inside;
};

const requests = Object.values(document.paths)
  .flatMap((path) => Object.values(path))
  .map((operation) => ({
    operationId: operation.operationId,
    places: [
      ...(operation.parameters ?? []).flatMap(({ in: where, name, schema }) =>
        unbounded(schema, `${where}.${name}`),
      ),
      ...Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) =>
        unbounded(schema, operation.operationId),
      ),
    ],
  }));

describe('OpenAPI request bounds', () => {
  it('exist for every list, string and map of every operation, except those bounded elsewhere', () => {
    const places = new Set(requests.flatMap((request) => request.places));
    expect([...places].filter((place) => !(place in BOUNDED_ELSEWHERE)).sort()).toEqual([]);
  });

  it('have no exceptions for places that do not exist', () => {
    const places = new Set(requests.flatMap((request) => request.places));
    expect(Object.keys(BOUNDED_ELSEWHERE).filter((place) => !places.has(place))).toEqual([]);
  });
});
