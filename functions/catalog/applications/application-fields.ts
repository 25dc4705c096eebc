import * as z from 'zod';
import { freeText, metadata, positive16, uid } from '../../platform/wire/fields.ts';
import { optionalField, requiredField, resettableField, textMap } from '../fields.ts';
import type { FieldsIn } from '../fields.ts';

export const APPLICATION_FIELDS = {
  name: requiredField({
    type: z.string,
    accepted: () => freeText('Application names must be at least one character'),
  }),
  throttleRate: optionalField({
    type: z.int,
    accepted: () =>
      positive16({ description: "Maximum messages per second to send to this application's endpoints." }),
  }),
  uid: optionalField({ type: z.string, accepted: () => uid('app_', 'unique-app-identifier') }),
  metadata: resettableField({
    type: () => z.record(z.string(), z.string()),
    stored: textMap,
    accepted: metadata,
    byDefault: {},
  }),
};

export type ApplicationFields = FieldsIn<typeof APPLICATION_FIELDS>;
