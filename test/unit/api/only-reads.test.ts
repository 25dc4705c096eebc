import { expect, it } from 'vitest';
import { operations } from '../../../functions/api/operations.ts';
import { READING_PATHS } from '../../../lib/constructs/api/routes.ts';

it('the POSTs that only read are those that API Gateway routes to the query function', () => {
  const reading = operations.filter(({ onlyReads }) => onlyReads === true);
  expect(reading.map(({ path }) => path).toSorted()).toEqual([...READING_PATHS].toSorted());
  expect(reading.every(({ method }) => method === 'POST')).toBe(true);
});
