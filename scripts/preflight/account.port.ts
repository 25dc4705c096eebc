/** What preflight reads of an AWS account in one region. Nothing is written. */

export interface ConcurrencyQuota {
  /** Concurrent executions of the account in the region. */
  readonly limit: number;
  /** Those that no function has reserved. */
  readonly unreserved: number;
  /** Bytes of all code packages, and how many the account may have. */
  readonly codeBytes: number;
  readonly codeBytesLimit: number;
}

export interface ApiQuota {
  /** Requests a second of all APIs of the region together, and the burst. */
  readonly rate: number;
  readonly burst: number;
}

export interface StackState {
  readonly status: string;
  readonly reason: string | undefined;
}

export interface TopicState {
  readonly kmsKey: string | undefined;
  readonly subscriptions: number;
  /** The topic's resource policy as JSON. */
  readonly policy: string;
}

export interface CertificateState {
  readonly status: string;
  readonly names: readonly string[];
}

/** A resource with a name that the stage chooses. */
export interface Named {
  readonly kind: 'function' | 'log group' | 'dashboard' | 'event bus';
  readonly name: string;
}

export interface Account {
  identity(): Promise<{ readonly account: string; readonly arn: string }>;
  concurrency(): Promise<ConcurrencyQuota>;
  apiQuota(): Promise<ApiQuota>;
  /** Version of the CDK bootstrap stack; undefined: the account is not bootstrapped in the region. */
  bootstrapVersion(): Promise<number | undefined>;
  bucketExists(name: string): Promise<boolean>;
  /** Why a function of this kind cannot be created here; undefined: it can. */
  unsupported(runtime: string, architecture: string): Promise<string | undefined>;
  stack(name: string): Promise<StackState | undefined>;
  /** Physical ids of a stack's resources. */
  resourcesOf(stack: string): Promise<ReadonlySet<string>>;
  exists(named: Named): Promise<boolean>;
  topic(arn: string): Promise<TopicState | undefined>;
  certificate(arn: string): Promise<CertificateState | undefined>;
  /** Roles of the account, and how many it may have. */
  roles(): Promise<{ readonly used: number; readonly quota: number }>;
  /** Resource policies of CloudWatch Logs in the region. */
  logPolicies(): Promise<number>;
}
