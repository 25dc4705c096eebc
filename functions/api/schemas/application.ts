import * as z from 'zod';
import type { Application } from '../../catalog/applications/application.domain.ts';
import { APPLICATION_FIELDS } from '../../catalog/applications/application-fields.ts';
import type { ApplicationFields } from '../../catalog/applications/application-fields.ts';
import { eachField, pickFields } from '../../catalog/fields.ts';
import { instant } from '../wire/json.ts';
import { oldRate, throttleRateOf, withoutOldRate } from './throttle-rate.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

/** The body of create and replace, in the contract's order: it reads an array as the fields in their order. */
export const applicationIn = component('ApplicationIn', () => {
  const { name, ...fields } = eachField(APPLICATION_FIELDS, 'replacement');
  return { name, rateLimit: oldRate.replacement(), ...fields };
});

export const applicationFields = (body: ValueOf<typeof applicationIn>): ApplicationFields =>
  pickFields(APPLICATION_FIELDS, { ...body, throttleRate: throttleRateOf(body) });

export const applicationPatch = component('ApplicationPatch', () => {
  const { name, ...fields } = eachField(APPLICATION_FIELDS, 'patch');
  return { name, rateLimit: oldRate.patch(), ...fields };
});

export const applicationChanges = (body: ValueOf<typeof applicationPatch>): Partial<ApplicationFields> =>
  withoutOldRate(body);

export const applicationOut = component('ApplicationOut', () => ({
  id: z.string().meta({ examples: ['app_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
  ...eachField(APPLICATION_FIELDS, 'shown'),
  uid: z.string().optional(),
  rateLimit: z.int().optional().meta({ deprecated: true }),
  createdAt: z.string().meta({ format: 'date-time' }),
  updatedAt: z.string().meta({ format: 'date-time' }),
}));

export const printApplication = (application: Application): ValueOf<typeof applicationOut> => ({
  id: application.id,
  ...pickFields(APPLICATION_FIELDS, application),
  uid: application.uid ?? undefined,
  rateLimit: application.throttleRate ?? undefined,
  createdAt: instant(application.createdAt),
  updatedAt: instant(application.updatedAt),
});
