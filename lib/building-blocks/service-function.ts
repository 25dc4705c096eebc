import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnPolicy, CfnRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  CfnAlias,
  CfnFunction,
  Function,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
  Version,
} from 'aws-cdk-lib/aws-lambda';
import type { IFunction, IVersion } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { entryCode } from '#assets';
import type { StageConfig } from '../config.ts';
import type { Binding, Bindings } from './binding.ts';
import type { Instrumentation } from './function-code.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from './logical-id.ts';

/** The alias of a gradual deployment. */
export const LIVE = 'live';

export interface ServiceFunctionProps<Env> {
  readonly config: StageConfig;
  /** The name of the .lambda.ts file in functions/, and the last part of the function's name. */
  readonly entry: string;
  /** Of the function's name, where several functions of a stage have the same entry. */
  readonly suffix?: string;
  readonly description: string;
  readonly memory: number;
  readonly timeoutSeconds: number;
  readonly bindings: Bindings<Env>;
  /**
   * Whether it sends to a queue that it consumes. Lambda would otherwise stop the recursive loop after about 16 hops.
   */
  readonly resends?: boolean;
  /** Concurrent executions that are set aside for it, and also the most that it gets. */
  readonly reservedConcurrency?: number | undefined;
}

/**
 * A function of the service: one entry, a role and a log group of its own, and the environment that its schema asks
 * for.
 */
export class ServiceFunction<Env> extends Construct {
  readonly lambda: Function;
  /** The last part of its name, which the runbook uses. */
  readonly name: string;
  /** The alias of a gradual deployment, once something invokes it. */
  alias: Alias | undefined;
  private readonly isGradual: boolean;
  /** Whether it has a table, a queue, a secret or the bucket of payloads. */
  readonly usesState: boolean;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps<Env>) {
    super(scope, id);
    this.name = `${props.entry}${props.suffix ?? ''}`;
    this.isGradual = props.config.gradualDeployment !== undefined;
    const { config } = props;
    const functionName = `posthorn-${config.name}-${this.name}`;
    const logGroup = this.logGroup(id, functionName, config);
    // AWSLambdaBasicExecutionRole would allow writing to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    overrideLogicalId(role, CfnRole, `${id}Role`);
    // CDK created this policy for the log group, and adds all later grants to it.
    overrideLogicalIdBelow(role, CfnPolicy, `${id}RolePolicy`);
    const bindings = Object.values<Binding<string>>(props.bindings);
    this.usesState = bindings.some(({ variable }) => STATE_VARIABLE.test(variable));
    this.lambda = new Function(this, 'Function', {
      functionName,
      description: props.description,
      code: entryCode(props.entry, instrumentationOf(config)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memory,
      timeout: Duration.seconds(props.timeoutSeconds),
      role,
      logGroup,
      // The system log level WARN leaves out START, END and REPORT: 300 to 400 bytes of each invocation.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(config.tracing ? { tracing: Tracing.ACTIVE } : {}),
      environment: { ...baseEnvironment(config, props.entry), ...variablesOf(bindings) },
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.resends === true ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
    });
    overrideLogicalId(this.lambda, CfnFunction, `${id}Function`);
    if (config.tracing)
      Validations.of(role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'X-Ray has no resource-level permissions for writing traces.',
      });
    for (const { grant, wildcard } of bindings) {
      grant(this.lambda);
      if (wildcard !== undefined) Validations.of(role).acknowledge(wildcard);
    }
  }

  /**
   * What queues, streams and APIs invoke: the function, or with `gradualDeployment` an alias, which CodeDeploy moves to a new
   * version in steps (lib/constructs/gradual-deployment.ts).
   */
  get invoked(): IFunction {
    if (!this.isGradual) return this.lambda;
    this.alias ??= this.liveAlias();
    return asFunction(this.alias);
  }

  private liveAlias(): Alias {
    const alias = new Alias(this, 'Live', {
      aliasName: LIVE,
      version: asVersion(this.lambda.currentVersion),
    });
    overrideLogicalId(alias, CfnAlias, `${this.node.id}LiveAlias`);
    return alias;
  }

  private logGroup(id: string, functionName: string, config: StageConfig): LogGroup {
    const group = new LogGroup(this, 'Logs', {
      // Lambda's default name, so that emulators that ignore custom log groups write to the same group.
      logGroupName: `/aws/lambda/${functionName}`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    overrideLogicalId(group, CfnLogGroup, `${id}Logs`);
    return group;
  }
}

const STATE_VARIABLE = /_(TABLE|QUEUE_URL|SECRET_ARN)$|^PAYLOADS_BUCKET$/;

const instrumentationOf = ({ faultsUrl, benchDir }: StageConfig): Instrumentation =>
  benchDir !== undefined ? 'bench' : faultsUrl !== undefined ? 'faults' : 'none';

const baseEnvironment = (config: StageConfig, entry: string): Record<string, string> => ({
  STAGE: config.name,
  // MiniStack answers a handler that logs nothing 45 ms later than one that logs a line.
  ...(config.target === 'emulator' && config.benchDir === undefined ? { LOG_LEVEL: 'DEBUG' } : {}),
  BATCHED_INSERTS: String(config.target === 'aws'),
  STAGE_SETTINGS: JSON.stringify(config.settings),
  POWERTOOLS_SERVICE_NAME: entry,
  POWERTOOLS_METRICS_NAMESPACE: 'Posthorn',
  ...(config.domain?.basePath === undefined ? {} : { API_BASE_PATH: `/${config.domain.basePath}` }),
  ...(config.faultsUrl === undefined ? {} : { FAULTS_URL: config.faultsUrl }),
  ...(config.benchDir === undefined ? {} : { BENCH_DIR: config.benchDir }),
});

const variablesOf = (bindings: readonly Binding<string>[]): Record<string, string> =>
  Object.fromEntries(bindings.map(({ variable, value }) => [variable, value]));

const isFunction = (construct: Construct): construct is Construct & IFunction => construct instanceof Alias;
const isVersion = (construct: Construct): construct is Construct & IVersion => construct instanceof Version;

/** CDK's classes do not fit their own interfaces under exactOptionalPropertyTypes. */
const asFunction = (alias: Alias): IFunction => {
  if (!isFunction(alias)) throw new Error('not an alias');
  return alias;
};
const asVersion = (version: Version): IVersion => {
  if (!isVersion(version)) throw new Error('not a version');
  return version;
};
