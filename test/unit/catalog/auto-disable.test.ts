import { describe, expect, it } from 'vitest';
import { disabled } from '../../../functions/catalog/endpoints/auto-disable.domain.ts';
import { NOON, endpoint } from '../../support/simulation/builders.ts';

const why = { reason: 'failing', failSince: NOON - 1_000, attemptedAt: NOON } as const;

describe('an endpoint that its receiver or the clock gives up', () => {
  it('is turned off where nobody changed it after the try', () => {
    expect(disabled(endpoint({ updatedAt: NOON }), why)).toEqual({
      disabled: true,
      failSince: NOON - 1_000,
      disabledReason: 'failing',
    });
  });

  it('is left to its owner, who changed it after the try', () => {
    expect(disabled(endpoint({ updatedAt: NOON + 1 }), why)).toBeUndefined();
  });

  it('that is off already stays as it is', () => {
    expect(disabled(endpoint({ updatedAt: NOON, disabled: true }), why)).toBeUndefined();
  });
});
