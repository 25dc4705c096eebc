import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnPolicy, CfnRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnFunction,
  Function,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { entryCode } from '#assets';
import type { StageConfig } from '../config.ts';
import type { Binding, Bindings } from './binding.ts';
import type { Instrumentation } from './function-code.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from './logical-id.ts';

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

  constructor(scope: Construct, id: string, props: ServiceFunctionProps<Env>) {
    super(scope, id);
    const { config } = props;
    const functionName = `posthorn-${config.name}-${props.entry}${props.suffix ?? ''}`;
    const logGroup = this.logGroup(id, functionName, config);
    // AWSLambdaBasicExecutionRole would allow writing to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    overrideLogicalId(role, CfnRole, `${id}Role`);
    // CDK created this policy for the log group, and adds all later grants to it.
    overrideLogicalIdBelow(role, CfnPolicy, `${id}RolePolicy`);
    const bindings = Object.values<Binding<string>>(props.bindings);
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
      environment: { ...baseEnvironment(config, props.entry), ...variablesOf(bindings) },
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.resends === true ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
    });
    overrideLogicalId(this.lambda, CfnFunction, `${id}Function`);
    for (const { grant, wildcard } of bindings) {
      grant(this.lambda);
      if (wildcard !== undefined) Validations.of(role).acknowledge(wildcard);
    }
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
  ...(config.faultsUrl === undefined ? {} : { FAULTS_URL: config.faultsUrl }),
  ...(config.benchDir === undefined ? {} : { BENCH_DIR: config.benchDir }),
});

const variablesOf = (bindings: readonly Binding<string>[]): Record<string, string> =>
  Object.fromEntries(bindings.map(({ variable, value }) => [variable, value]));
