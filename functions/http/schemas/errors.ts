import * as z from 'zod';

/** The two shapes of a 4xx: `{code, detail}`, and the list of complaints of a 422. */
export const httpErrorOut = z.object({ code: z.string(), detail: z.string() }).meta({ id: 'HttpErrorOut' });

export const httpValidationError = z
  .object({
    detail: z.array(z.object({ loc: z.array(z.string()), msg: z.string(), type: z.string() })),
  })
  .meta({ id: 'HTTPValidationError' });
