import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import ipaddr from 'ipaddr.js';
import type { ParseError } from 'jsonc-parser';
import { parse, printParseErrorCode } from 'jsonc-parser';
import { z } from 'zod';
import {
  EVENT_SOURCE_CONCURRENCY,
  LEAST_ACCOUNT_CONCURRENCY,
  queueConcurrency,
  USUAL_ACCOUNT_CONCURRENCY,
} from '../functions/platform/limits/concurrency.domain.ts';
import {
  DELIVERY_TIMEOUT_RULE,
  DELIVERY_TIMEOUT_SECONDS,
} from '../functions/platform/limits/delivery.domain.ts';
import { fitsRetention, scheduleTooLong } from '../functions/platform/limits/retention.domain.ts';
import { DEFAULT_ORGANIZATION } from '../functions/platform/settings/default-organization.ts';
import { DEFAULT_SETTINGS, stageSettings } from '../functions/platform/settings/organization-settings.ts';
import type { StageSettings } from '../functions/platform/settings/organization-settings.ts';

/** The CDK context values (`-c name=value`) that a synth accepts. */
export interface Context {
  readonly stage?: string | undefined;
  /** Emulators only: the name to deploy the stage under, so that tests do not touch the stacks of `npm start`. */
  readonly stageName?: string | undefined;
  /** Leaves out the HTTP API, for emulators without API Gateway v2. */
  readonly restOnly?: boolean | undefined;
  /** Fault injection, end-to-end suite only: functions ask this URL at each step whether to go on. */
  readonly faultsUrl?: string | undefined;
  /** Benchmark only: the folder of this machine where functions record what they did. */
  readonly benchDir?: string | undefined;
}

const contextSchema = z.object({
  stage: z.string().optional(),
  stageName: z.string().optional(),
  restOnly: z
    .literal(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  faultsUrl: z.url().optional(),
  benchDir: z.string().min(1).optional(),
});

/** Parses the CDK context, whose values the CLI passes as text. Throws ConfigError. */
export const contextOf = (read: (name: string) => unknown): Context => {
  const result = contextSchema.safeParse({
    stage: read('stage'),
    stageName: read('stage-name'),
    restOnly: read('rest-only'),
    faultsUrl: read('faults-url'),
    benchDir: read('bench-dir'),
  });
  if (result.success) return result.data;
  throw new ConfigError(
    `-c stage, stage-name, rest-only, faults-url or bench-dir: ${z.prettifyError(result.error)}`,
  );
};

/** Absent: derived from `accountConcurrency` (functions/platform/limits/concurrency.domain.ts). */
const concurrency = {
  maximumConcurrency: z
    .int()
    .min(EVENT_SOURCE_CONCURRENCY.least)
    .max(EVENT_SOURCE_CONCURRENCY.most)
    .exactOptional(),
};

const deliveryTimeout = z
  .int()
  .refine(
    (seconds) => seconds >= DELIVERY_TIMEOUT_SECONDS.least && seconds <= DELIVERY_TIMEOUT_SECONDS.most,
    DELIVERY_TIMEOUT_RULE,
  );

const reserved = z.int().positive();

/** First steps of the API's own paths, which a base path would hide. */
const OWN_PATHS = ['api', 'docs', 'portal', 'management', 'openapi.json'];

/** API Gateway and CloudFront take names of their domains in lower case only. */
const domainName = z
  .hostname()
  .regex(/^[^A-Z]+\.[^A-Z]*[a-z]$/, 'must be a full host name in lower case, such as hooks.example.com');

const apiDomain = z.strictObject({
  name: domainName,
  /** Of a certificate in the region of the stage. */
  certificateArn: z.string().regex(/^arn:[\w-]+:acm:/, 'must be the ARN of an ACM certificate'),
  /** The first step of the path, for a domain that other APIs use too. */
  basePath: z
    .string()
    .regex(/^[a-zA-Z0-9][\w-]{0,62}$/, 'must be one step of a path, without a slash')
    .refine((path) => !OWN_PATHS.includes(path), `must not be one of ${OWN_PATHS.join(', ')}`)
    .exactOptional(),
});

/** Whether a text is a range of private addresses, written with its first address. */
const isPrivateRange = (text: string): boolean => {
  if (!ipaddr.IPv4.isValidCIDR(text)) return false;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  return (
    address.range() === 'private' &&
    prefix >= 16 &&
    prefix <= 20 &&
    ipaddr.IPv4.networkAddressFromCIDR(text).toString() === text.split('/')[0]
  );
};

const egress = z.strictObject({
  /** One per zone, or one for both: a webhook then depends on the zone of the gateway. */
  natGateways: z.literal([1, 2]).default(1),
  cidr: z
    .string()
    .refine(
      isPrivateRange,
      'must be a private range of /16 to /20 with its first address, such as 10.83.0.0/16',
    )
    .default('10.83.0.0/16'),
  /** Endpoints of SQS and Secrets Manager in the VPC: 7.3 dollars a month for each of the two in each of two zones. */
  interfaceEndpoints: z.boolean().default(false),
});

const restored = z.strictObject({
  name: z.string().regex(/^[\w.-]{3,255}$/, 'must be the name of a DynamoDB table'),
  /** The table of the stack no longer exists. Delete the service stack first: it imports attributes of that table. */
  lost: z.boolean().default(false),
});

const restoredWithStream = restored
  .extend({
    streamArn: z
      .string()
      .regex(/^arn:[\w-]+:dynamodb:.+:table\/.+\/stream\/.+$/, 'must be the ARN of a stream'),
  })
  .refine(({ name, streamArn }) => streamArn.includes(`:table/${name}/stream/`), {
    path: ['streamArn'],
    message: 'must be the stream of the table in name',
  });

/** A source of the CSP directive frame-ancestors. Nothing else may get into the header. */
const frameAncestor = z
  .string()
  .regex(
    /^(\*|'self'|'none'|https?:\/\/(\*\.)?[a-z0-9.-]+(:(\d{1,5}|\*))?)$/,
    `must be *, 'self', 'none' or an origin such as https://app.example.com or https://*.example.com`,
  );

/** An origin without a path: scheme, host and port. */
const origin = z
  .url({ protocol: /^https?$/ })
  .refine((text) => new URL(text).origin === text, 'must be an origin: scheme, host and port only');

const portal = z
  .strictObject({
    /**
     * Who serves the portal's page: CloudFront with a private bucket, a function beside the API, or (off) none of ours. By default
     * CloudFront on AWS; a function on emulators and on stages that have only a REST API.
     */
    hosting: z.enum(['cloudfront', 'function', 'off']).exactOptional(),
    /** Domain of the CloudFront distribution, and the ARN of its certificate in us-east-1. You create the DNS record. */
    domain: z
      .strictObject({
        name: domainName,
        certificateArn: z
          .string()
          .regex(/^arn:[\w-]+:acm:us-east-1:/, 'must be the ARN of an ACM certificate in us-east-1'),
      })
      .exactOptional(),
    /** The URL in links to the portal, if not that of its host: the page behind your own domain or proxy. */
    url: z
      .url({ protocol: /^https?$/ })
      .endsWith('/', 'must end with a slash')
      .exactOptional(),
    /** Pages that may embed the portal in a frame. */
    frameAncestors: z.array(frameAncestor).min(1).default(['*']),
    /** Other APIs that a link may send the page to: stages of other regions. */
    allowedServerUrls: z.array(origin).max(20).default([]),
    /** Whether a link to the portal works once: it holds a token that the page exchanges. */
    oneTimeLinks: z.boolean().default(false),
    /** Your page that makes a new link, offered when a link has expired. */
    newLinkUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
  })
  .refine(
    ({ hosting, domain }) => domain === undefined || hosting === undefined || hosting === 'cloudfront',
    { path: ['domain'], message: 'needs hosting "cloudfront"' },
  );

const twelveDigits = z.string().regex(/^\d{12}$/, 'must be the twelve digits of an AWS account');
const arnOf = (service: string, what: string) =>
  z.string().regex(new RegExp(`^arn:[\\w-]+:${service}:`), `must be the ARN of ${what}`);

/** One ingest pipeline: a bus and a queue for senders with IAM, whose records are all of one organization (docs/ingest.md). */
const ingestPipeline = z.strictObject({
  /** Part of the names of its resources. `default` leaves it out. */
  name: z
    .string()
    .regex(
      /^(?=.{1,20}$)[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/,
      'must be at most 20 characters, such as orders-eu',
    ),
  /** The organization that every record belongs to, whatever the record says. */
  organization: z
    .string()
    .regex(/^org_[a-zA-Z0-9\-_.]{1,252}$/, 'must be the id of an organization: org_...'),
  /** Other AWS accounts whose principals may send to the bus and the queue, as far as their own policies allow them. */
  accounts: z.array(twelveDigits).max(100).default([]),
  /** Principals of other accounts, likewise. Those of this account need no more than a policy of their own. */
  principals: z.array(arnOf('iam', 'an IAM role or user')).max(100).default([]),
  /** The AWS organization whose accounts may send, likewise: aws:PrincipalOrgID. */
  awsOrganization: z
    .string()
    .regex(/^o-[a-z0-9]{10,32}$/, 'must be the id of an AWS organization: o-...')
    .exactOptional(),
  /** EventBridge rules that may send to the queue, besides those of the ingest bus. */
  rules: z.array(arnOf('events', 'an EventBridge rule')).max(100).default([]),
  /** SNS topics that may send to the queue. */
  topics: z.array(arnOf('sns', 'an SNS topic')).max(100).default([]),
  ...concurrency,
});

const ingest = z
  .array(ingestPipeline)
  .max(20)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'must not have a name twice');

/** Options that emulators refuse a whole stack for, and the service of AWS behind each. */
const AWS_ONLY = [
  ['gradualDeployment', 'CodeDeploy'],
  ['monthlyBudget', 'Budgets'],
] as const;

/** Of what a stage changes; with the defaults and the names of resources a function's environment stays below 4 KB. */
const MOST_SETTINGS_BYTES = 1_500;

const stageFile = z
  .strictObject({
    target: z.enum(['aws', 'emulator']),
    account: twelveDigits.optional(),
    region: z.string().min(1).optional(),
    /** Tables, bucket, secrets and queues survive `cdk destroy` and cannot be deleted by accident. */
    keepState: z.boolean(),
    api: z
      .strictObject({ http: z.boolean(), rest: z.boolean() })
      .refine((api) => api.http || api.rest, 'must enable http or rest: without an API no client can publish')
      .default({ http: true, rest: false }),
    /** API Gateway's throttle: requests a second, and the burst. */
    throttle: z
      .strictObject({ rate: z.int().positive(), burst: z.int().positive() })
      .default({ rate: 2000, burst: 1000 }),
    /**
     * Concurrent executions that the account may have in the region (Lambda's quota, which `npm run preflight` reads). The
     * maximum concurrency of queues derives from it; new accounts have 10 or 50.
     */
    accountConcurrency: z.int().min(LEAST_ACCOUNT_CONCURRENCY).default(USUAL_ACCOUNT_CONCURRENCY),
    /** Your domain for the API. API Gateway's own host name is then disabled. */
    domain: apiDomain.optional(),
    /**
     * Concurrent executions that are set aside for a function of the API, and also the most that it gets. Opt-in, because
     * they reduce the account's unreserved concurrency, which is small in new accounts.
     */
    reservedConcurrency: z
      .strictObject({ publish: reserved, query: reserved, admin: reserved, testAttempt: reserved })
      .partial()
      .default({}),
    /** One of the periods that CloudWatch Logs offers. */
    logRetentionDays: z.enum(RetentionDays).default(RetentionDays.ONE_MONTH),
    /** Point-in-time recovery of Deliveries, the largest table: 0.20 dollars per GB and month. */
    backUpDeliveries: z.boolean().default(true),
    /** Tables that functions use instead of those of the stack, as `npm run restore` prints them. */
    tables: z
      .strictObject({
        catalog: restoredWithStream,
        messages: restoredWithStream,
        deliveries: restoredWithStream,
        views: restored,
        control: restored,
      })
      .partial()
      .default({}),
    /** AWS X-Ray traces: of the first request of each second and of one in twenty of the others, at five dollars per million. */
    tracing: z.boolean().default(false),
    /** A key of the stage's own in place of AWS's: for tables, queues, payloads and secrets. A dollar a month, and its uses. */
    customerManagedKey: z.boolean().default(false),
    /** Dollars a month, of which alarmEmail hears when four fifths are spent, or when more is expected. */
    monthlyBudget: z.number().positive().optional(),
    /** How CodeDeploy moves traffic to a new version of a function; it goes back if the function's errors raise their alarm. */
    gradualDeployment: z.enum(['canary', 'linear']).optional(),
    /** Static addresses of webhooks: a VPC with NAT gateways, 33 dollars a month each and 0.045 dollars per GB. */
    egress: egress.optional(),
    dashboard: z.boolean().default(true),
    /** The address that every alarm is mailed to, by a topic of the stage. Amazon SNS asks it to confirm first. */
    alarmEmail: z.email().optional(),
    /** The SNS topic that every alarm notifies. Without both, alarms are visible only in the console. */
    alarmTopicArn: z
      .string()
      .regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, 'must be the ARN of an SNS topic that is not FIFO')
      .optional(),
    delivery: z
      .strictObject({ ...concurrency, timeoutSeconds: z.exactOptional(deliveryTimeout) })
      .prefault({}),
    /** Concurrent invocations of the bulk lane, which applications with many deliveries at a time share. */
    bulkDelivery: z.strictObject(concurrency).prefault({}),
    /** Concurrent invocations of the slow lane, with up to fifty deliveries each. */
    slowDelivery: z.strictObject(concurrency).prefault({}),
    fanOutWide: z.strictObject(concurrency).prefault({}),
    /** Who may publish by EventBridge, SQS and SNS instead of the API. By default this account, for the default organization. */
    ingest: ingest.prefault([{ name: 'default', organization: DEFAULT_ORGANIZATION }]),
    /** The page for the platform's customers (docs/portal.md). */
    portal: portal.prefault({}),
    /** Defaults of organization settings on this stage; absent ones are those of organization-settings.ts. */
    settings: stageSettings.partial().default({}),
  })
  .superRefine((stage, context) => {
    const issue = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const open = stage.settings.stageSubnets ?? [];
    if (stage.target === 'aws' && open.length > 0)
      issue(
        ['settings', 'stageSubnets'],
        `must be empty on AWS: ${open.join(', ')} would open the stage to SSRF`,
      );
    stage.ingest.forEach(({ accounts, principals, awsOrganization }, index) => {
      const opensToOthers = accounts.length + principals.length > 0 || awsOrganization !== undefined;
      if (stage.target === 'emulator' && opensToOthers)
        issue(
          ['ingest', index],
          'must have no accounts, principals and awsOrganization on emulators, which have no policies of buses',
        );
    });
    const settingsBytes = Buffer.byteLength(JSON.stringify(stage.settings));
    if (settingsBytes > MOST_SETTINGS_BYTES)
      issue(
        ['settings'],
        `must have at most ${MOST_SETTINGS_BYTES} bytes as JSON, and has ${settingsBytes}: functions get them in their environment, which may have 4 KB`,
      );
    const { retrySchedule = DEFAULT_SETTINGS.retrySchedule, rowRetentionDays } = stage.settings;
    if (rowRetentionDays !== undefined && !fitsRetention(retrySchedule, rowRetentionDays))
      issue(
        ['settings', 'retrySchedule'],
        `${scheduleTooLong(rowRetentionDays)}: rows are kept for ${rowRetentionDays} days (settings.rowRetentionDays)`,
      );
    for (const [option, service] of AWS_ONLY)
      if (stage.target !== 'aws' && stage[option] !== undefined)
        issue([option], `needs AWS, whose ${service} it uses`);
    if (stage.monthlyBudget !== undefined && stage.alarmEmail === undefined)
      issue(['monthlyBudget'], 'needs alarmEmail, which it mails');
    const isElsewhere = (region: string | undefined) =>
      stage.region !== undefined && region !== undefined && region !== stage.region;
    const certificateRegion = stage.domain?.certificateArn.split(':')[3];
    if (isElsewhere(certificateRegion))
      issue(
        ['domain', 'certificateArn'],
        `must be a certificate in the stage's region ${stage.region}, not in ${certificateRegion}`,
      );
    const topicRegion = stage.alarmTopicArn?.split(':')[3];
    if (isElsewhere(topicRegion))
      issue(
        ['alarmTopicArn'],
        `must be a topic in the stage's region ${stage.region}: alarms cannot notify a topic in ${topicRegion}`,
      );
  });

/** The names of all options of a stage. */
export const STAGE_OPTION_NAMES: readonly string[] = Object.keys(stageFile.shape);

/** The options of a stage, as in `stages/<name>.jsonc`. */
export type StageOptions = z.input<typeof stageFile>;

type StageFile = z.infer<typeof stageFile>;

type PortalOptions = StageFile['portal'];

export type IngestPipeline = StageFile['ingest'][number] & Concurrency;

export interface PortalConfig extends PortalOptions {
  readonly hosting: NonNullable<PortalOptions['hosting']>;
}

type Concurrency = Required<StageFile['slowDelivery']>;

export interface StageConfig extends Omit<
  StageFile,
  'settings' | 'delivery' | 'bulkDelivery' | 'slowDelivery' | 'fanOutWide' | 'ingest' | 'portal'
> {
  readonly name: string;
  readonly portal: PortalConfig;
  readonly delivery: Required<StageFile['delivery']>;
  readonly bulkDelivery: Concurrency;
  readonly slowDelivery: Concurrency;
  readonly fanOutWide: Concurrency;
  readonly ingest: readonly IngestPipeline[];
  readonly settings: StageSettings;
  readonly faultsUrl: string | undefined;
  readonly benchDir: string | undefined;
}

/** Invalid stage options or context. The message says what to correct; bin/app.ts prints it without a stack trace. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const validName = z.string().regex(/^[a-z][a-z0-9-]{0,19}$/);

const checkName = (name: string): void => {
  if (validName.safeParse(name).success) return;
  throw new ConfigError(
    `"${name}" is not a valid stage name: use 1 to 20 characters a-z, 0-9 and "-", the first one a-z.`,
  );
};

/** Loads the stage from `stages/<name>.jsonc` and context. Throws ConfigError with a line for each invalid option. */
export const loadStage = (context: Context, folder: URL): StageConfig => {
  const stage = context.stage ?? 'dev';
  const name = context.stageName ?? stage;
  checkName(stage);
  checkName(name);
  const file = new URL(`${stage}.jsonc`, folder);
  if (!existsSync(file)) {
    const known = readdirSync(folder).map((entry) => entry.replace('.jsonc', ''));
    throw new ConfigError(
      `There is no stages/${stage}.jsonc. Create it from one of the others, or use -c stage=<${known.sort().join('|')}>.`,
    );
  }
  return parseStage(name, readFileSync(file, 'utf8'), { ...context, stage });
};

/** A domain alone asks for CloudFront too. */
const defaultHosting = ({ target, portal: { domain } }: StageFile, api: StageFile['api']) =>
  domain !== undefined || (target === 'aws' && api.http) ? 'cloudfront' : 'function';

/** Parses the text of a stage file and fills in defaults. Throws ConfigError. */
export const parseStage = (name: string, text: string, context: Context = {}): StageConfig => {
  const at = `stages/${context.stage ?? name}.jsonc`;
  const errors: ParseError[] = [];
  const parsed: unknown = parse(text, errors, { allowTrailingComma: true });
  const [broken] = errors;
  if (broken) throw new ConfigError(`${at}, offset ${broken.offset}: ${printParseErrorCode(broken.error)}`);
  return parseOptions(name, parsed, { at, ...context });
};

/** Parses the options of a stage and fills in defaults. `at`: where they are from, for messages. Throws ConfigError. */
export const parseOptions = (
  name: string,
  options: unknown,
  { at, ...context }: Context & { readonly at: string },
): StageConfig => {
  checkName(name);
  const result = stageFile.safeParse(options);
  if (!result.success) {
    throw new ConfigError(
      result.error.issues.map((issue) => `${at}: ${issue.path.join('.')} ${issue.message}`).join('\n'),
    );
  }
  const stage = result.data;
  if (stage.target === 'aws' && (context.faultsUrl ?? context.benchDir) !== undefined) {
    throw new ConfigError(
      `${at}: faults-url and bench-dir work on emulators only; bundles for AWS contain no fault injection and no measuring.`,
    );
  }
  if (stage.target === 'aws' && context.stageName !== undefined) {
    throw new ConfigError(
      `${at}: stage-name works on emulators only; on AWS the name of a stage is that of its file.`,
    );
  }
  const api = context.restOnly === true ? { http: false, rest: true } : stage.api;
  const concurrent = queueConcurrency(stage.accountConcurrency, stage.ingest.length);
  return {
    ...stage,
    name,
    api,
    portal: { hosting: defaultHosting(stage, api), ...stage.portal },
    delivery: {
      timeoutSeconds: DELIVERY_TIMEOUT_SECONDS.byDefault,
      maximumConcurrency: concurrent.delivery,
      ...stage.delivery,
    },
    bulkDelivery: { maximumConcurrency: concurrent.bulkDelivery, ...stage.bulkDelivery },
    slowDelivery: { maximumConcurrency: concurrent.slowDelivery, ...stage.slowDelivery },
    fanOutWide: { maximumConcurrency: concurrent.fanOutWide, ...stage.fanOutWide },
    ingest: stage.ingest.map((one) => ({ maximumConcurrency: concurrent.ingest, ...one })),
    settings: stageSettings.parse({ ...DEFAULT_SETTINGS, stageSubnets: [], ...stage.settings }),
    faultsUrl: context.faultsUrl,
    benchDir: context.benchDir,
  };
};
