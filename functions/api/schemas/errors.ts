import * as z from 'zod';
import { component } from '../wire/component.ts';

/** The two forms of a 4xx: `{code, detail}`, and the list of validation errors of a 422. */
export const httpErrorOut = component('HttpErrorOut', () => ({ code: z.string(), detail: z.string() }));

const validationError = () =>
  z
    .object({ loc: z.array(z.string()), msg: z.string(), type: z.string() })
    .meta({ id: 'ValidationErrorItem' });

export const httpValidationError = component('HTTPValidationError', () => ({
  detail: z.array(validationError()),
}));
