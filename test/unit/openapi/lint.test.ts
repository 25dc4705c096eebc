import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/http/openapi.ts';
import { operations } from '../../../functions/http/operations.ts';

it('the document of the API is OpenAPI that the linter has nothing against', async () => {
  const source = JSON.stringify(openApiDocument(operations));
  const problems = await lintFromString({
    source,
    absoluteRef: 'openapi.json',
    // Health takes nothing that could be wrong.
    config: await createConfig({ extends: ['recommended'], rules: { 'operation-4xx-response': 'off' } }),
  });
  const told = problems.map(
    ({ severity, ruleId, message, location }) =>
      `${severity} ${ruleId} ${location[0]?.pointer ?? ''}: ${message}`,
  );
  expect(told).toEqual([]);
});
