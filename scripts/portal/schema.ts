import openapiTS, { astToString } from 'openapi-typescript';
import { openApiDocument } from '../../functions/api/openapi/openapi.ts';
import { operations } from '../../functions/api/operations.ts';

const HEADER = '// Generated from the OpenAPI document; renew with `npm run portal:schema`.\n\n';

const isSuccess = ([status]: readonly [string, unknown]) => status.startsWith('2');

/** Operations that application tokens can call, with their successful responses: refusals have one shape (problem.ts). */
const portalDocument = () => {
  const callable = operations.filter(
    ({ auth, hidden }) => (auth === 'application' || auth === 'any' || auth === 'none') && hidden !== true,
  );
  const document = openApiDocument(callable);
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation === undefined) continue;
      operation.responses = Object.fromEntries(Object.entries(operation.responses ?? {}).filter(isSuccess));
    }
  }
  return document;
};

/** The TypeScript source of the types of our own API, which the page's client is typed with. */
export const portalSchema = async (): Promise<string> => {
  const source = await openapiTS(JSON.stringify(portalDocument()), {
    alphabetize: true,
    emptyObjectsUnknown: true,
  });
  return (
    HEADER +
    astToString(source).replaceAll(
      /^ +(?:put|post|delete|options|head|patch|trace|get|query|header|path|cookie)\?: never;\n/gm,
      '',
    )
  );
};
