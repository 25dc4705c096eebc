import * as z from 'zod';
import type { Application } from '../../catalog/applications/application.domain.ts';
import { APPLICATION_FIELDS } from '../../catalog/applications/application-fields.ts';
import type { ApplicationFields } from '../../catalog/applications/application-fields.ts';
import { eachField, pickFields } from '../../catalog/fields.ts';
import { instant } from '../wire/json.ts';
import { memoize } from '../memoize.ts';
import { oldRate, throttleRateOf, withoutOldRate } from './throttle-rate.ts';

/** The body of create and replace, in the contract's order: it reads an array as the fields in their order. */
export const applicationIn = memoize(() => {
  const { name, ...fields } = eachField(APPLICATION_FIELDS, 'replacement');
  return z.object({ name, rateLimit: oldRate.replacement(), ...fields }).meta({ id: 'ApplicationIn' });
});

export const applicationFields = (body: z.output<ReturnType<typeof applicationIn>>): ApplicationFields =>
  pickFields(APPLICATION_FIELDS, { ...body, throttleRate: throttleRateOf(body) });

export const applicationPatch = memoize(() => {
  const { name, ...fields } = eachField(APPLICATION_FIELDS, 'patch');
  return z.object({ name, rateLimit: oldRate.patch(), ...fields }).meta({ id: 'ApplicationPatch' });
});

export const applicationChanges = (
  body: z.output<ReturnType<typeof applicationPatch>>,
): Partial<ApplicationFields> => withoutOldRate(body);

export const applicationOut = memoize(() =>
  z
    .object({
      id: z.string().meta({ examples: ['app_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
      ...eachField(APPLICATION_FIELDS, 'shown'),
      uid: z.string().optional(),
      rateLimit: z.int().optional().meta({ deprecated: true }),
      createdAt: z.string().meta({ format: 'date-time' }),
      updatedAt: z.string().meta({ format: 'date-time' }),
    })
    .meta({ id: 'ApplicationOut' }),
);

export const printApplication = (application: Application): z.output<ReturnType<typeof applicationOut>> => ({
  id: application.id,
  ...pickFields(APPLICATION_FIELDS, application),
  uid: application.uid ?? undefined,
  rateLimit: application.throttleRate ?? undefined,
  createdAt: instant(application.createdAt),
  updatedAt: instant(application.updatedAt),
});
