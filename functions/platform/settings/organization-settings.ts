import * as z from 'zod';
import { REQUEST_TIMEOUT_SECONDS } from '../limits/delivery.domain.ts';
import { DEFAULT_ENDPOINT_LIMITS, HARD_ENDPOINT_LIMITS } from '../limits/endpoints.domain.ts';
import { MOST_SUBNETS, SUBNET_CHARS } from '../limits/requests.domain.ts';
import {
  fitsRetention,
  LONGEST_DISABLE_PERIOD_SECONDS,
  LEAST_ROW_RETENTION_DAYS,
  LONGEST_RETRY_DELAY_SECONDS,
  PAYLOAD_RETENTION_DAYS,
  ROW_RETENTION_DAYS,
  scheduleTooLong,
} from '../limits/retention.domain.ts';
import { portalSettings, storedPortalSettings } from './portal-settings.ts';

interface Definition<Value> {
  readonly type: () => z.ZodType<Value>;
  /**
   * The values that clients and stage files may write. Stored values are only checked for their type, so that rules can
   * become stricter.
   */
  readonly accepted?: () => z.ZodType<Value>;
}

const setting = <Value>({
  type,
  accepted = type,
  byDefault,
}: Definition<Value> & { readonly byDefault: NoInfer<Value> }) => ({
  byDefault,
  /** The schema of a value of the stage or the organization. */
  get inForce() {
    return accepted();
  },
  /** Absent: unchanged; null: reset to the stage's default. */
  get patch() {
    return z.exactOptional(accepted().nullable());
  },
  get stored() {
    return z.exactOptional(type());
  },
});

/** A setting without a value (null) until a stage or an organization writes one. */
const optionalSetting = <Value>({ type, accepted = type }: Definition<Value>) => ({
  ...{ byDefault: null },
  get inForce() {
    return accepted().nullable();
  },
  get patch() {
    return z.exactOptional(accepted().nullable());
  },
  get stored() {
    return z.exactOptional(type().nullable());
  },
});

const MOST_RETRIES = 50;
/** More than any stage can process, and low enough for exact sums of reservations in milliseconds. */
const HIGHEST_RATE = 1_000_000;
/** One millisecond, the smallest unit of instants. */
const LEAST_SECONDS = 0.001;

const rate = (description: string) => () => z.int().positive().max(HIGHEST_RATE).meta({ description });
const most = (hardLimit: number, description: string) => () =>
  z.int().positive().max(hardLimit).meta({ description });

/**
 * The settings of an organization, durations in seconds. Stage files and their defaults, the environment of functions, the
 * API with its OpenAPI document, storage and the builders of tests derive from this table, so a new setting is one entry.
 * Defaults are the contract's for settings that it has.
 */
const SETTINGS = {
  retrySchedule: setting({
    type: () => z.array(z.number()),
    accepted: () =>
      z
        .array(z.number().min(LEAST_SECONDS).max(LONGEST_RETRY_DELAY_SECONDS))
        .max(MOST_RETRIES)
        .refine((schedule) => fitsRetention(schedule), scheduleTooLong())
        .meta({ description: 'Seconds before each retry; empty: only one attempt' }),
    byDefault: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
  }),
  endpointDisableAfter: setting({
    type: z.number,
    accepted: () =>
      z
        .number()
        .max(LONGEST_DISABLE_PERIOD_SECONDS)
        .refine((seconds) => seconds === 0 || seconds >= LEAST_SECONDS, `0, or at least ${LEAST_SECONDS}`)
        .meta({
          minimum: 0,
          description: 'Seconds of failure after which an endpoint is disabled; 0: never',
        }),
    byDefault: 432_000,
  }),
  defaultSignatureType: setting({ type: () => z.enum(['hmac256', 'ed25519']), byDefault: 'hmac256' }),
  endpointHttpsOnly: setting({ type: z.boolean, byDefault: false }),
  webhookHeaderPrefix: setting({ type: () => z.enum(['svix', 'webhook']), byDefault: 'svix' }),
  requestTimeout: setting({
    type: z.number,
    accepted: () =>
      z
        .number()
        .min(REQUEST_TIMEOUT_SECONDS.least)
        .max(REQUEST_TIMEOUT_SECONDS.most)
        .meta({ description: 'Seconds until an attempt fails' }),
    byDefault: REQUEST_TIMEOUT_SECONDS.byDefault,
  }),
  allowedSubnets: setting({
    type: () => z.array(z.string()),
    accepted: () =>
      z.array(z.string().max(SUBNET_CHARS)).max(MOST_SUBNETS).meta({
        description: 'Private address ranges (CIDR) that endpoints may have besides public addresses',
      }),
    byDefault: [],
  }),
  portal: optionalSetting({ type: storedPortalSettings, accepted: portalSettings }),
  operationalWebhooks: setting({ type: z.boolean, byDefault: true }),
  receiverDeliveryControl: setting({
    type: z.boolean,
    accepted: () =>
      z.boolean().meta({
        description: 'Whether a receiver’s `webhook-delivery` header may disable its endpoint or end retries',
      }),
    byDefault: true,
  }),
  schemaValidation: setting({
    type: () => z.enum(['off', 'warn', 'reject']),
    accepted: () =>
      z.enum(['off', 'warn', 'reject']).meta({
        description:
          'Whether payloads are checked against the JSON Schema of their event type when they are published: `warn` accepts ' +
          'those that violate it and says so in a header, a log line and a metric, `reject` answers 422',
      }),
    byDefault: 'off',
  }),
  payloadRetentionDays: setting({
    type: z.number,
    accepted: () => z.int().min(PAYLOAD_RETENTION_DAYS.least).max(PAYLOAD_RETENTION_DAYS.most),
    byDefault: PAYLOAD_RETENTION_DAYS.byDefault,
  }),
  publishRateLimit: optionalSetting({
    type: z.number,
    accepted: rate('Messages a second the organization may publish'),
  }),
  applicationPublishRateLimit: optionalSetting({
    type: z.number,
    accepted: rate('Messages a second each application may publish'),
  }),
  applicationEndpointLimit: setting({
    type: z.number,
    accepted: most(HARD_ENDPOINT_LIMITS.endpoints, 'Endpoints that an application may have'),
    byDefault: DEFAULT_ENDPOINT_LIMITS.endpoints,
  }),
  applicationEndpointBytesLimit: setting({
    type: z.number,
    accepted: most(
      HARD_ENDPOINT_LIMITS.applicationBytes,
      'Bytes of all endpoints of an application: URLs, descriptions, uids, event types, channels, metadata, headers',
    ),
    byDefault: DEFAULT_ENDPOINT_LIMITS.applicationBytes,
  }),
  endpointBytesLimit: setting({
    type: z.number,
    accepted: most(HARD_ENDPOINT_LIMITS.endpointBytes, 'Bytes of one endpoint, counted the same way'),
    byDefault: DEFAULT_ENDPOINT_LIMITS.endpointBytes,
  }),
};

type Table = typeof SETTINGS;
type Part = keyof Table[keyof Table];

/** The settings in force. */
export type OrganizationSettings = {
  readonly [Name in keyof Table]: Readonly<z.output<Table[Name]['inForce']>>;
};
/** The settings that an organization changed. Absent ones have the stage's default. */
export type SettingsOverrides = Partial<OrganizationSettings>;

/**
 * The settings that an organization may change by itself, by importing an environment. The others decide what it may cost or
 * reach, and are for management tokens.
 */
export const OWN_SETTINGS = [
  'retrySchedule',
  'endpointDisableAfter',
  'defaultSignatureType',
  'webhookHeaderPrefix',
  'portal',
  'operationalWebhooks',
  'receiverDeliveryControl',
  'schemaValidation',
] as const satisfies readonly (keyof Table)[];

/** One part of all settings by their names: the fields of a schema, or the defaults. */
export function eachSetting<P extends Part>(part: P): { readonly [Name in keyof Table]: Table[Name][P] };
export function eachSetting(part: Part): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(SETTINGS).map(([name, one]) => [name, one[part]]));
}

/** The defaults, which stages and organizations may change. */
export const DEFAULT_SETTINGS: OrganizationSettings = eachSetting('byDefault');

/** The settings of a stage: defaults for its organizations, and what holds for the whole stage. */
export const stageSettings = z.strictObject({
  ...eachSetting('inForce'),
  /** Address ranges that organizations may allow besides private ones. AWS stages refuse any (lib/config.ts). */
  stageSubnets: z.array(z.string()),
  /**
   * Days that rows of messages, attempts and read models are kept at least: a message's row also as long as its payload, which
   * is `payloadRetentionDays`, and until a day after its last retry.
   */
  rowRetentionDays: z.int().min(LEAST_ROW_RETENTION_DAYS).max(ROW_RETENTION_DAYS).default(ROW_RETENTION_DAYS),
});
export type StageSettings = z.infer<typeof stageSettings>;

/** The defaults of a stage for its organizations. */
export const organizationDefaults = ({
  stageSubnets: _subnets,
  rowRetentionDays: _retention,
  ...settings
}: StageSettings): OrganizationSettings => settings;
