import * as z from 'zod';
import { orgId } from '../ids/brand.domain.ts';
import { stageSettings } from '../settings/organization-settings.ts';

/**
 * The environment variables of each function. A function parses its schema once per cold start, and the CDK constructs
 * are typed by the same schema (z.input), so that infrastructure and code use the same names.
 */

const base = z.object({
  STAGE: z.string().min(1),
  LOG_LEVEL: z.string().default('INFO'),
  /** Defaults of organizations' settings on this stage, and what only a stage may open, as JSON. */
  STAGE_SETTINGS: z.string().transform((text) => stageSettings.parse(JSON.parse(text))),
  /** Whether concurrent inserts share a BatchExecuteStatement call. Streams of emulators miss such writes. */
  BATCHED_INSERTS: z.enum(['true', 'false']).default('false'),
  /** The base path of the stage's domain, with a slash at its start. */
  API_BASE_PATH: z.string().optional(),
  /** Fault injection, end-to-end stage only: every step asks this URL whether to go on (platform/steps/steps.ts). */
  FAULTS_URL: z.url().optional(),
});

const jwt = { JWT_SECRET_ARN: z.string().min(1) };
const main = { MAIN_SECRET_ARN: z.string().min(1) };
const catalog = { CATALOG_TABLE: z.string().min(1) };
const messages = { MESSAGES_TABLE: z.string().min(1), PAYLOADS_BUCKET: z.string().min(1) };
const deliveries = { DELIVERIES_TABLE: z.string().min(1) };
const views = { VIEWS_TABLE: z.string().min(1) };
const control = { CONTROL_TABLE: z.string().min(1) };
const deliveryQueue = { DELIVERY_QUEUE_URL: z.url() };
const bulkQueue = { BULK_QUEUE_URL: z.url() };
const slowQueue = { SLOW_QUEUE_URL: z.url() };
const fanOutQueue = { FAN_OUT_QUEUE_URL: z.url() };
const taskQueue = { TASK_QUEUE_URL: z.url() };
/** The consumer's dead-letter queue, to which it sends records that can never succeed, with the reason. */
const deadLetters = { DEAD_LETTER_QUEUE_URL: z.url() };
const bus = { EVENT_BUS_NAME: z.string().min(1) };

/** The three API functions run the same router; they differ only in concurrency and permissions. */
export const apiEnv = base.extend({
  /** The portal's own URL, with a slash at its end. Empty: /portal/ on the host of the API. */
  PORTAL_URL: z.union([z.literal('').transform(() => undefined), z.url()]).optional(),
  /** Whether a link to the portal works once. */
  PORTAL_ONE_TIME_LINKS: z.enum(['true', 'false']).default('false'),
  ...jwt,
  ...main,
  ...catalog,
  ...messages,
  ...deliveries,
  ...views,
  ...control,
  ...deliveryQueue,
  ...taskQueue,
});
export const runTaskEnv = base.extend({
  ...catalog,
  ...messages,
  ...deliveries,
  ...views,
  ...control,
  ...bulkQueue,
  ...taskQueue,
  ...deadLetters,
});
export const fanOutEnv = base.extend({
  ...catalog,
  ...messages,
  ...control,
  ...deliveryQueue,
  ...bulkQueue,
  ...fanOutQueue,
  ...deadLetters,
});
export const deliverEnv = base.extend({
  /** The maximum concurrency of the lane. */
  LANE_CONCURRENCY: z.string().regex(/^\d+$/).transform(Number),
  ...main,
  ...catalog,
  ...messages,
  ...deliveries,
  ...control,
  ...deliveryQueue,
  ...bulkQueue,
  ...slowQueue,
  ...deadLetters,
});
export const projectEnv = base.extend({ ...views, ...control, ...deadLetters });
/** Counts of busy hours. */
export const updateHourlyStatisticsEnv = base.extend({ ...views });
export const announceEnv = base.extend({
  ...bus,
  ...catalog,
  MESSAGES_TABLE: messages.MESSAGES_TABLE,
  ...control,
  ...deadLetters,
});
/** One function for each organization that ingests: the organization of a record is that of its queue. */
export const ingestEnv = base.extend({
  INGEST_ORGANIZATION: z.string().min(1).transform(orgId),
  INGEST_QUEUE_URL: z.url(),
  ...catalog,
  ...messages,
  ...control,
  ...deadLetters,
});
export const sweepEnv = base.extend({ ...control, ...deliveryQueue, ...bulkQueue });
/** The event source mappings of the stage. */
export const checkEventSourcesEnv = base.extend({
  EVENT_SOURCE_IDS: z.string().transform((text) => text.split(',').filter((id) => id !== '')),
});
/** What the page reads as config.json. */
const page = { PORTAL_CONFIG: z.string().min(1) };
export const portalEnv = base.extend({
  ...page,
  /** The security headers of every response, as JSON. */
  PORTAL_HEADERS: z.string().transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text))),
});
export const portalUploadEnv = base.extend({ ...page, PORTAL_BUCKET: z.string().min(1) });

export type ApiEnv = z.input<typeof apiEnv>;
export type RunTaskEnv = z.input<typeof runTaskEnv>;
export type FanOutEnv = z.input<typeof fanOutEnv>;
export type DeliverEnv = z.input<typeof deliverEnv>;
export type ProjectEnv = z.input<typeof projectEnv>;
export type AnnounceEnv = z.input<typeof announceEnv>;
export type UpdateHourlyStatisticsEnv = z.input<typeof updateHourlyStatisticsEnv>;
export type IngestEnv = z.input<typeof ingestEnv>;
export type SweepEnv = z.input<typeof sweepEnv>;
export type CheckEventSourcesEnv = z.input<typeof checkEventSourcesEnv>;
export type PortalEnv = z.input<typeof portalEnv>;
export type PortalUploadEnv = z.input<typeof portalUploadEnv>;
