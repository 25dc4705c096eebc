import * as z from 'zod';
import { memoize } from '../memoize.ts';

/** The two forms of a 4xx: `{code, detail}`, and the list of validation errors of a 422. */
export const httpErrorOut = memoize(() =>
  z.object({ code: z.string(), detail: z.string() }).meta({ id: 'HttpErrorOut' }),
);

const validationError = () =>
  z
    .object({ loc: z.array(z.string()), msg: z.string(), type: z.string() })
    .meta({ id: 'ValidationErrorItem' });

export const httpValidationError = memoize(() =>
  z.object({ detail: z.array(validationError()) }).meta({ id: 'HTTPValidationError' }),
);
