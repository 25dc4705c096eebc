import { describe, expect, it } from 'vitest';
import { autoDisable } from '../../../functions/catalog/endpoints/auto-disable.domain.ts';
import { NOON, endpoint } from '../../support/simulation/builders.ts';

const { url } = endpoint();
const why = { reason: 'failing', failSince: NOON - 1_000, attemptedAt: NOON, url } as const;

describe('auto-disable of an endpoint', () => {
  it('disables the endpoint when it did not change after the attempt', () => {
    expect(autoDisable(endpoint({ updatedAt: NOON }), why)).toEqual({
      disabled: true,
      failSince: NOON - 1_000,
      disabledReason: 'failing',
    });
  });

  it('leaves an endpoint enabled that its owner changed after the attempt', () => {
    expect(autoDisable(endpoint({ updatedAt: NOON + 1 }), why)).toBeUndefined();
  });

  it('leaves an endpoint enabled whose URL is another than that of the attempt, which read it before', () => {
    expect(autoDisable(endpoint({ updatedAt: NOON, url: 'https://repaired.example' }), why)).toBeUndefined();
  });

  it('leaves an endpoint unchanged that is already disabled', () => {
    expect(autoDisable(endpoint({ updatedAt: NOON, disabled: true }), why)).toBeUndefined();
  });
});
