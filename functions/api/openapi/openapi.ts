import * as z from 'zod';
import { createDocument } from 'zod-openapi';
import type {
  ZodOpenApiObject,
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { NAME_BYTES, PATH_NAME_BYTES, TEXT_BYTES } from '../../platform/limits/requests.domain.ts';
import { takesIdempotencyKey } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { httpErrorOut, httpValidationError } from '../schemas/errors.ts';

const pathParameters = (path: string) =>
  z.object(
    Object.fromEntries(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
        name,
        z.string().meta({ maxLength: name === 'event_type_name' ? PATH_NAME_BYTES : NAME_BYTES }),
      ]),
    ),
  );

/** The header of every authenticated POST that changes something. */
const idempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .meta({ maxLength: TEXT_BYTES })
    .optional()
    .meta({
      description:
        'Repeats with the same key get the response of the first request, with idempotency-replayed: true, and with ' +
        'idempotency-mismatch: true if their body differs. A blank key is ignored.',
    }),
});

const isRunOnce = (operation: Operation): boolean =>
  takesIdempotencyKey(operation) && operation.auth !== 'none';

const headersOf = (operation: Operation) => (isRunOnce(operation) ? { header: idempotencyKey } : {});

const content = (schema: z.ZodType) => ({ 'application/json': { schema } });

const REFUSALS: Readonly<Record<string, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Payload too large',
  429: 'Too many requests',
};

/** The status of a repeat whose first request has not finished in time. */
const IN_PROGRESS = '503';

const responsesOf = (operation: Operation): ZodOpenApiResponsesObject => {
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  // Health refuses nothing.
  if (operation.auth !== 'none' || operation.body !== null) {
    for (const [status, description] of Object.entries(REFUSALS)) {
      responses[status] = { description, content: content(httpErrorOut()) };
    }
    if (operation.plainQuery === true) {
      const text = { 'text/plain; charset=utf-8': { schema: z.string() } };
      responses['400'] = { description: 'Bad request', content: { ...content(httpErrorOut()), ...text } };
    }
    if (isRunOnce(operation)) {
      responses[IN_PROGRESS] = {
        description: 'The first request is still in progress',
        content: content(httpErrorOut()),
      };
    }
    responses['422'] = { description: 'Validation error', content: content(httpValidationError()) };
  }
  for (const [status, schema] of Object.entries(operation.responses)) {
    responses[status] =
      schema === null ? { description: 'No content' } : { description: 'Done', content: content(schema) };
  }
  return responses;
};

const describe = (operation: Operation): ZodOpenApiOperationObject => {
  const { operationId, tag, summary, path, query, body, auth } = operation;
  return {
    operationId,
    tags: [tag],
    summary,
    ...(auth === 'none' ? { security: [] } : {}),
    requestParams: {
      path: pathParameters(path),
      query,
      ...headersOf(operation),
    },
    ...(body === null
      ? {}
      : { requestBody: { required: !body.safeParse(undefined).success, content: content(body) } }),
    responses: responsesOf(operation),
  };
};

const pathsOf = (operations: readonly Operation[]): ZodOpenApiPathsObject => {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of operations) {
    if (operation.hidden === true) continue;
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describe(operation),
    };
  }
  return paths;
};

/** The OpenAPI 3.1 document of a table of operations. */
export const openApiDocument = (operations: readonly Operation[]) => {
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'Posthorn',
      version: '1.0.0',
      description: 'Webhooks as a service in your own AWS account, with the HTTP API of Svix.',
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: pathsOf(operations),
    components: { securitySchemes: { HTTPBearer: { type: 'http', scheme: 'bearer' } } },
    security: [{ HTTPBearer: [] }],
  };
  return createDocument(document);
};
