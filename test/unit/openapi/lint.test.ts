import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/api/openapi/openapi.ts';
import { operations } from '../../../functions/api/operations.ts';

/** The health operations refuse nothing. */
const ACCEPTED = [
  'operation-4xx-response /paths/~1api~1v1~1health/get/responses',
  'operation-4xx-response /paths/~1api~1v1~1health~1ping/get/responses',
];

it('OpenAPI document passes the strict rules of its linter', async () => {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source: JSON.stringify(openApiDocument(operations)), config });
  const found = problems.map(
    ({ ruleId, location, message }) => `${ruleId} ${location[0]?.pointer?.slice(1) ?? message}`,
  );
  expect(found.toSorted()).toEqual(ACCEPTED);
});
