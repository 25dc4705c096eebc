import * as z from 'zod';
import { wireRules } from './wire-rules.ts';

/** A number of a closed list; others cannot be read at all (400). */
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
