import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ParseError } from 'jsonc-parser';
import { parse, printParseErrorCode } from 'jsonc-parser';
import { z } from 'zod';
import { stageSettings } from '../functions/platform/lambda/env.ts';
import { DEFAULT_ENDPOINT_LIMITS } from '../functions/platform/limits/endpoints.domain.ts';
import type { StageSettings } from '../functions/platform/lambda/env.ts';

/** What `-c name=value` may say to a synth. */
export interface Context {
  readonly stage?: string | undefined;
  /** Leave out all HTTP API resources: for an emulator that has none. */
  readonly restOnly?: boolean | undefined;
  /** End-to-end suite only: functions ask this URL at each step whether to go on. */
  readonly faultsUrl?: string | undefined;
}

const contextSchema = z.object({
  stage: z.string().optional(),
  restOnly: z
    .literal(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  faultsUrl: z.url().optional(),
});

/** What `-c name=value` says; the CDK CLI hands over text. Throws ConfigError. */
export const contextOf = (read: (name: string) => unknown): Context => {
  const result = contextSchema.safeParse({
    stage: read('stage'),
    restOnly: read('rest-only'),
    faultsUrl: read('faults-url'),
  });
  if (result.success) return result.data;
  throw new ConfigError(`-c stage, rest-only or faults-url: ${z.prettifyError(result.error)}`);
};

/** The contract's defaults: svix-server's retry schedule, disable period and request timeout. */
const DEFAULT_SETTINGS: StageSettings = {
  retrySchedule: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
  endpointDisableAfter: 432_000,
  defaultSignatureType: 'hmac256',
  endpointHttpsOnly: false,
  webhookHeaderPrefix: 'svix',
  requestTimeout: 30,
  allowedSubnets: [],
  operationalWebhooks: true,
  receiverDeliveryControl: true,
  payloadRetentionDays: 90,
  publishRateLimit: null,
  applicationPublishRateLimit: null,
  applicationEndpointLimit: DEFAULT_ENDPOINT_LIMITS.endpoints,
  applicationEndpointBytesLimit: DEFAULT_ENDPOINT_LIMITS.applicationBytes,
  endpointBytesLimit: DEFAULT_ENDPOINT_LIMITS.endpointBytes,
  stageSubnets: [],
};

/** Lambda's own bounds for the maximum concurrency of a queue's event source: 2 to 1,000. */
const maximumConcurrency = z.int().min(2).max(1000);

const reserved = z.int().positive();

const stageFile = z
  .strictObject({
    target: z.enum(['aws', 'emulator']),
    account: z
      .string()
      .regex(/^\d{12}$/, 'must be the twelve digits of an AWS account')
      .optional(),
    region: z.string().min(1).optional(),
    /** Tables, bucket, secrets and queues survive `cdk destroy` and cannot be deleted by accident. */
    keepState: z.boolean(),
    api: z
      .strictObject({ http: z.boolean(), rest: z.boolean() })
      .refine((api) => api.http || api.rest, 'must have http or rest, or nobody can publish')
      .default({ http: true, rest: false }),
    /** Requests a second that API Gateway lets through, and how many may come at once. */
    throttle: z
      .strictObject({ rate: z.int().positive(), burst: z.int().positive() })
      .default({ rate: 2000, burst: 1000 }),
    /**
     * Concurrent executions set aside for a function of the API, which are also the most that it gets. Opt-in: they come
     * out of the account's, and new accounts have few.
     */
    reservedConcurrency: z
      .strictObject({ publish: reserved, query: reserved, admin: reserved })
      .partial()
      .default({}),
    /** One of the periods that CloudWatch Logs offers. */
    logRetentionDays: z.enum(RetentionDays).default(RetentionDays.ONE_MONTH),
    /** Deliveries is the largest table, and its backup the largest bill: 0.20 dollars per GB and month. */
    backUpDeliveries: z.boolean().default(true),
    dashboard: z.boolean().default(true),
    /** SNS topic that hears every alarm. Without it alarms are seen in the console alone. */
    alarmTopicArn: z.string().startsWith('arn:', 'must be the ARN of an SNS topic').optional(),
    delivery: z
      .strictObject({ maximumConcurrency, timeoutSeconds: z.int().min(40).max(900) })
      .default({ maximumConcurrency: 100, timeoutSeconds: 60 }),
    /** How many batches of fifty may wait for slow endpoints at a time. */
    slowDelivery: z.strictObject({ maximumConcurrency }).default({ maximumConcurrency: 20 }),
    fanOutWide: z.strictObject({ maximumConcurrency }).default({ maximumConcurrency: 10 }),
    /** What an organization has until it changes it; anything absent is the contract's default. */
    settings: stageSettings.partial().default({}),
  })
  .superRefine((stage, context) => {
    const open = stage.settings.stageSubnets ?? [];
    if (stage.target === 'aws' && open.length > 0) {
      context.addIssue({
        code: 'custom',
        path: ['settings', 'stageSubnets'],
        message: `must be empty on AWS: ${open.join(', ')} would let customers' endpoints reach inside`,
      });
    }
    const topicRegion = stage.alarmTopicArn?.split(':')[3];
    if (stage.region !== undefined && topicRegion !== undefined && topicRegion !== stage.region) {
      context.addIssue({
        code: 'custom',
        path: ['alarmTopicArn'],
        message: `must be a topic in the stage's region ${stage.region}: alarms reach no topic of ${topicRegion}`,
      });
    }
  });

export interface StageConfig extends Omit<z.infer<typeof stageFile>, 'settings'> {
  readonly name: string;
  readonly settings: StageSettings;
  readonly faultsUrl: string | undefined;
}

/** Says in plain words what is wrong with a stage; the CDK CLI prints it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const stageName = z.string().regex(/^[a-z][a-z0-9-]{0,19}$/);

/** Stage from `stages/<name>.jsonc` and context. Throws ConfigError with a sentence for each thing to correct. */
export const loadStage = (context: Context, folder: URL): StageConfig => {
  const name = context.stage ?? 'dev';
  if (!stageName.safeParse(name).success) {
    throw new ConfigError(
      `"${name}" cannot be a stage: use at most 20 small letters, digits and hyphens, a letter first.`,
    );
  }
  const file = new URL(`${name}.jsonc`, folder);
  if (!existsSync(file)) {
    const known = readdirSync(folder).map((entry) => entry.replace('.jsonc', ''));
    throw new ConfigError(
      `There is no stages/${name}.jsonc. Copy one of the others to it, or say -c stage=<${known.sort().join('|')}>.`,
    );
  }
  return parseStage(name, readFileSync(file, 'utf8'), context);
};

/** The text of a stage file to a stage, defaults filled in. Throws ConfigError. */
export const parseStage = (name: string, text: string, context: Context = {}): StageConfig => {
  const at = `stages/${name}.jsonc`;
  const errors: ParseError[] = [];
  const parsed: unknown = parse(text, errors, { allowTrailingComma: true });
  const [broken] = errors;
  if (broken) throw new ConfigError(`${at}, letter ${broken.offset}: ${printParseErrorCode(broken.error)}`);
  const result = stageFile.safeParse(parsed);
  if (!result.success) {
    throw new ConfigError(
      result.error.issues.map((issue) => `${at}: ${issue.path.join('.')} ${issue.message}`).join('\n'),
    );
  }
  const stage = result.data;
  if (stage.target === 'aws' && context.faultsUrl !== undefined) {
    throw new ConfigError(
      `${at}: faults-url is for emulators; bundles for AWS hold no code that breaks them.`,
    );
  }
  return {
    ...stage,
    name,
    api: context.restOnly === true ? { http: false, rest: true } : stage.api,
    settings: stageSettings.parse({ ...DEFAULT_SETTINGS, ...stage.settings }),
    faultsUrl: context.faultsUrl,
  };
};
