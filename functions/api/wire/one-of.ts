import * as z from 'zod';
import { wireRules } from '../../platform/wire/wire-rules.ts';

/** A number of a closed list. Other numbers are decoding errors (400). */
export const oneOf = (numbers: readonly number[], description: string) =>
  z
    .int()
    .meta({ description })
    .register(wireRules, {
      refuse: (value) =>
        numbers.some((number) => number === value)
          ? undefined
          : `invalid value, expected one of ${numbers.join(', ')}`,
    });
