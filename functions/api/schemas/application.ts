import * as z from 'zod';
import type { Application } from '../../catalog/applications/application.domain.ts';
import type { ApplicationFields } from '../../catalog/catalog.port.ts';
import { freeText, metadata, positive16, uid } from '../wire/fields.ts';
import { instant } from '../wire/json.ts';
import { memoize } from '../memoize.ts';

const THROTTLE = { description: "Maximum messages per second to send to this application's endpoints." };
const OLD_THROTTLE = { description: 'Old name of throttleRate', deprecated: true };
const applicationName = () => freeText('Application names must be at least one character');
const applicationUid = () => uid('app_', 'unique-app-identifier');

/** The body of create and replace. Absent fields get their defaults. */
export const applicationIn = memoize(() =>
  z
    .object({
      name: applicationName(),
      rateLimit: positive16(OLD_THROTTLE).nullish(),
      throttleRate: positive16(THROTTLE).nullish(),
      uid: applicationUid().nullish(),
      metadata: metadata().optional(),
    })
    .meta({ id: 'ApplicationIn' }),
);

export const applicationFields = (body: z.output<ReturnType<typeof applicationIn>>): ApplicationFields => ({
  uid: body.uid ?? null,
  name: body.name,
  throttleRate: body.throttleRate ?? body.rateLimit ?? null,
  metadata: body.metadata ?? {},
});

export const applicationPatch = memoize(() =>
  z
    .object({
      name: z.exactOptional(applicationName()),
      rateLimit: z.exactOptional(positive16(OLD_THROTTLE).nullable()),
      throttleRate: z.exactOptional(positive16(THROTTLE).nullable()),
      uid: z.exactOptional(applicationUid().nullable()),
      metadata: z.exactOptional(metadata().transform((value) => value ?? {})),
    })
    .meta({ id: 'ApplicationPatch' }),
);

export const applicationChanges = (
  body: z.output<ReturnType<typeof applicationPatch>>,
): Partial<ApplicationFields> => {
  const { rateLimit: oldRate, ...changes } = body;
  return oldRate === undefined ? changes : { throttleRate: oldRate, ...changes };
};

export const applicationOut = memoize(() =>
  z
    .object({
      id: z.string().meta({ examples: ['app_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
      uid: z.string().optional(),
      name: z.string(),
      rateLimit: z.int().optional().meta({ deprecated: true }),
      throttleRate: z.int().nullable(),
      metadata: z.record(z.string(), z.string()),
      createdAt: z.string().meta({ format: 'date-time' }),
      updatedAt: z.string().meta({ format: 'date-time' }),
    })
    .meta({ id: 'ApplicationOut' }),
);

export const printApplication = (application: Application): z.output<ReturnType<typeof applicationOut>> => ({
  uid: application.uid ?? undefined,
  name: application.name,
  rateLimit: application.throttleRate ?? undefined,
  throttleRate: application.throttleRate,
  id: application.id,
  createdAt: instant(application.createdAt),
  updatedAt: instant(application.updatedAt),
  metadata: application.metadata,
});
