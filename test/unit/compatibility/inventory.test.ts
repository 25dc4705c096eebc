import { describe, expect, it } from 'vitest';
import { SDK_ROUTES } from '../../../functions/api/openapi/sdk-routes.ts';
import { takeInventory } from '../../../scripts/compatibility/inventory.ts';
import { SCENARIO } from '../../../scripts/compatibility/scenario.ts';

const inventory = await takeInventory();

describe('inventory of client operations', () => {
  it('has the routes that the newest clients call, and no others', () => {
    expect(new Set(inventory.map(({ route }) => route))).toEqual(new Set(SDK_ROUTES));
  });

  it('has 143 operations without duplicates', () => {
    expect([inventory.length, new Set(inventory.map(({ name }) => name)).size]).toEqual([143, 143]);
  });

  it('calls all but three operations through the npm client', () => {
    expect(inventory.filter(({ call }) => call === undefined).map(({ name }) => name)).toEqual([
      'autoconfigSubscription.delete',
      'destination.rotateSecret',
      'endpoint.getAttemptStats',
    ]);
  });

  it('has every operation of the compatibility scenario, which calls each once', () => {
    const covered = SCENARIO.map(({ name }) => name);
    expect(covered.filter((name) => !inventory.some((operation) => operation.name === name))).toEqual([]);
    expect(new Set(covered).size).toBe(covered.length);
  });
});
