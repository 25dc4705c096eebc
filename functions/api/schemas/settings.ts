import * as z from 'zod';
import type { OrganizationSettings, SettingsOverrides } from '../../catalog/settings/settings.domain.ts';
import { HARD_ENDPOINT_LIMITS } from '../../platform/limits/endpoints.domain.ts';
import { MOST_SUBNETS, SUBNET_CHARS } from '../../platform/limits/requests.domain.ts';
import {
  fitsRetention,
  LONGEST_DISABLE_PERIOD_SECONDS,
  LONGEST_PAYLOAD_RETENTION_DAYS,
  SCHEDULE_TOO_LONG,
} from '../../platform/limits/retention.domain.ts';
import { memoize } from '../lazily.ts';

const DAY_SECONDS = 86_400;
const MOST_RETRIES = 50;
/** More than any stage takes, and far below where sums of slots lose whole milliseconds. */
const HIGHEST_RATE = 1_000_000;
/** As long as failed messages can be recovered. */
const LONGEST_DELAY_SECONDS = 14 * DAY_SECONDS;

/** A millisecond: instants know nothing smaller. */
const LEAST_SECONDS = 0.001;

const delay = () => z.number().min(LEAST_SECONDS).max(LONGEST_DELAY_SECONDS);
const rateLimit = (whose: string) =>
  z
    .int()
    .positive()
    .max(HIGHEST_RATE)
    .meta({ description: `Messages a second ${whose} may publish` });

const most = (hardLimit: number, description: string) =>
  z.int().positive().max(hardLimit).meta({ description });

const fields = memoize(() => ({
  retrySchedule: z
    .array(delay())
    .max(MOST_RETRIES)
    .refine(fitsRetention, SCHEDULE_TOO_LONG)
    .meta({ description: 'Seconds before each retry; empty: one attempt alone' }),
  endpointDisableAfter: z
    .number()
    .max(LONGEST_DISABLE_PERIOD_SECONDS)
    .refine((seconds) => seconds === 0 || seconds >= LEAST_SECONDS, `0, or at least ${LEAST_SECONDS}`)
    .meta({ minimum: 0, description: 'Seconds of failure after which an endpoint is disabled; 0: never' }),
  defaultSignatureType: z.enum(['hmac256', 'ed25519']),
  endpointHttpsOnly: z.boolean(),
  webhookHeaderPrefix: z.enum(['svix', 'webhook']),
  requestTimeout: z.number().min(1).max(30).meta({ description: 'Seconds until an attempt fails' }),
  allowedSubnets: z
    .array(z.string().max(SUBNET_CHARS))
    .max(MOST_SUBNETS)
    .meta({ description: 'Private ranges (CIDR) that endpoints may lie in besides public addresses' }),
  operationalWebhooks: z.boolean(),
  receiverDeliveryControl: z.boolean().meta({
    description: 'Whether a receiver’s `webhook-delivery` header may disable its endpoint or end retries',
  }),
  payloadRetentionDays: z.int().min(5).max(LONGEST_PAYLOAD_RETENTION_DAYS),
  publishRateLimit: rateLimit('the organization'),
  applicationPublishRateLimit: rateLimit('each application'),
  applicationEndpointLimit: most(HARD_ENDPOINT_LIMITS.endpoints, 'Endpoints that an application may have'),
  applicationEndpointBytesLimit: most(
    HARD_ENDPOINT_LIMITS.applicationBytes,
    'Bytes of all endpoints of an application: URLs, descriptions, uids, event types, channels, metadata, headers',
  ),
  endpointBytesLimit: most(HARD_ENDPOINT_LIMITS.endpointBytes, 'Bytes of one endpoint, counted the same way'),
}));

const orDefault = <Schema extends z.ZodType>(schema: Schema) => z.exactOptional(schema.nullable());

/** Absent: keep; null: back to the stage's default. Other names are refused, for a typo would change nothing. */
export const settingsPatch = memoize(() =>
  z
    .strictObject({
      retrySchedule: orDefault(fields().retrySchedule),
      endpointDisableAfter: orDefault(fields().endpointDisableAfter),
      defaultSignatureType: orDefault(fields().defaultSignatureType),
      endpointHttpsOnly: orDefault(fields().endpointHttpsOnly),
      webhookHeaderPrefix: orDefault(fields().webhookHeaderPrefix),
      requestTimeout: orDefault(fields().requestTimeout),
      allowedSubnets: orDefault(fields().allowedSubnets),
      operationalWebhooks: orDefault(fields().operationalWebhooks),
      receiverDeliveryControl: orDefault(fields().receiverDeliveryControl),
      payloadRetentionDays: orDefault(fields().payloadRetentionDays),
      publishRateLimit: orDefault(fields().publishRateLimit),
      applicationPublishRateLimit: orDefault(fields().applicationPublishRateLimit),
      applicationEndpointLimit: orDefault(fields().applicationEndpointLimit),
      applicationEndpointBytesLimit: orDefault(fields().applicationEndpointBytesLimit),
      endpointBytesLimit: orDefault(fields().endpointBytesLimit),
    })
    .meta({ id: 'OrganizationSettingsPatch' }),
);

const settings = memoize(() =>
  z
    .object({
      ...fields(),
      publishRateLimit: fields().publishRateLimit.nullable(),
      applicationPublishRateLimit: fields().applicationPublishRateLimit.nullable(),
    })
    .meta({ id: 'OrganizationSettings' }),
);

export const settingsOut = memoize(() =>
  z
    .object({
      settings: settings().meta({ description: 'What is in force' }),
      overrides: settings().partial().meta({ description: 'What the organization changed' }),
    })
    .meta({ id: 'OrganizationSettingsOut' }),
);

export const printSettings = (inForce: OrganizationSettings, overrides: SettingsOverrides) => ({
  settings: { ...inForce },
  overrides: { ...overrides },
});
