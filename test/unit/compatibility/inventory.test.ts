import { expect, it } from 'vitest';
import { SDK_ROUTES } from '../../../functions/api/openapi/sdk-routes.ts';
import { takeInventory } from '../../../scripts/compatibility/inventory.ts';
import { STORY } from '../../../scripts/compatibility/scenario.ts';

const inventory = await takeInventory();

it('every route that the newest clients call belongs to an operation, and the other way round', () => {
  expect(new Set(inventory.map(({ route }) => route))).toEqual(new Set(SDK_ROUTES));
});

it('there are 143 operations, each once', () => {
  expect([inventory.length, new Set(inventory.map(({ name }) => name)).size]).toEqual([143, 143]);
});

it('all but three are called through the npm client', () => {
  expect(inventory.filter(({ call }) => call === undefined).map(({ name }) => name)).toEqual([
    'autoconfigSubscription.delete',
    'destination.rotateSecret',
    'endpoint.getAttemptStats',
  ]);
});

it('the story tells of operations that exist, each once', () => {
  const told = STORY.map(({ name }) => name);
  expect(told.filter((name) => !inventory.some((operation) => operation.name === name))).toEqual([]);
  expect(new Set(told).size).toBe(told.length);
});
