import { CfnOutput, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IResource, StageOptions } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnAccount,
  CfnGatewayResponse,
  CfnMethod,
  CfnResource,
  CfnRestApi,
  CfnStage,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../../config.ts';
import { isDomainOf, RestApiDomain } from './api-domain.ts';
import { ApiAlarms } from '../../monitoring/api-alarms.ts';
import { overrideLogicalId, overrideLogicalIdBelow, pascalCase } from '../../building-blocks/logical-id.ts';
import type { ServiceFunction } from '../../building-blocks/service-function.ts';
import {
  ACCESS_LOG_FORMAT,
  PORTAL_PATH,
  PUBLISH_PATHS,
  READING_PATHS,
  TEST_ATTEMPT_PATH,
  accessLog,
  hostOf,
  throttlesOf,
} from './routes.ts';
import type { ApiOrigin, RoutedFunctions } from './routes.ts';

const STAGE_NAME = 'prod';

/** The REST API, for emulators without HTTP APIs and for accounts that need AWS WAF. It uses the same functions. */
export class RestApiConstruct extends Construct {
  readonly api: RestApi;
  readonly origin: ApiOrigin;

  constructor(
    scope: Construct,
    id: string,
    { config, functions }: { config: StageConfig; functions: RoutedFunctions },
  ) {
    super(scope, id);
    const onAws = config.target === 'aws';
    const logs = accessLog(this, 'RestApi', config);
    this.api = new RestApi(this, 'Api', {
      disableExecuteApiEndpoint: isDomainOf(config, 'rest'),
      restApiName: `posthorn-${config.name}`,
      endpointTypes: [EndpointType.REGIONAL],
      // Passes request bodies to functions unchanged.
      binaryMediaTypes: ['*/*'],
      // The account-wide role for logs of REST APIs. Retained, because other APIs may use it; emulators have none.
      ...(onAws
        ? { cloudWatchRole: true, cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN }
        : { cloudWatchRole: false }),
      deployOptions: {
        stageName: STAGE_NAME,
        tracingEnabled: config.tracing,
        ...(logs === undefined ? {} : awsStage(config, logs)),
      },
    });
    this.nameResources(onAws);
    this.routes(functions);
    this.gatewayResponses();
    new ApiAlarms(this, 'Alarms', {
      config,
      name: 'RestApi',
      accessLog: logs,
      faults: this.api.metricServerError(),
      latency: this.api.metricLatency(),
    });
    this.acknowledge();
    this.origin =
      config.domain !== undefined && isDomainOf(config, 'rest')
        ? new RestApiDomain(this, 'Domain', { domain: config.domain, api: this.api }).origin
        : { host: hostOf(this, this.api.restApiId), path: `/${STAGE_NAME}` };
    new CfnOutput(this, 'Id', { value: this.api.restApiId }).overrideLogicalId('RestApiId');
    new CfnOutput(this, 'StageName', { value: this.api.deploymentStage.stageName }).overrideLogicalId(
      'RestApiStage',
    );
  }

  /**
   * Every resource along the path of a route gets its own methods and catch-all, because a REST API that has matched a
   * resource does not fall back to the catch-all of its parent.
   */
  private routes(functions: RoutedFunctions): void {
    const query = integration(functions.query);
    const admin = integration(functions.admin);
    const posts = new Map<string, LambdaIntegration>();
    for (const path of PUBLISH_PATHS) posts.set(path, integration(functions.publish));
    for (const path of READING_PATHS) posts.set(path, query);
    posts.set(TEST_ATTEMPT_PATH, integration(functions.testAttempt));
    const serve = (resource: IResource, reads = query): void => {
      for (const method of ['GET', 'HEAD']) addMethod(resource, method, reads);
      addMethod(resource, 'ANY', admin);
    };
    const serveBelow = (resource: IResource, path: string): void => {
      serve(resource);
      const steps = stepsBelow(path, [...posts.keys()]);
      // A resource can have only one child with a path variable: {app_id} takes the place of {proxy+}.
      if (!steps.some((step) => step.startsWith('{'))) serve(addResource(resource, '{proxy+}'));
      const post = posts.get(path);
      if (post !== undefined) addMethod(resource, 'POST', post);
      for (const step of steps) serveBelow(addResource(resource, step), `${path}/${step}`);
    };
    serveBelow(this.api.root, '');
    if (functions.portal === undefined) return;
    const portal = integration(functions.portal);
    const page = addResource(this.api.root, PORTAL_PATH.slice(1));
    serve(page, portal);
    serve(addResource(page, '{proxy+}'), portal);
  }

  /** Gives the gateway's own responses the JSON of all other errors, since clients parse it. */
  private gatewayResponses(): void {
    for (const each of GATEWAY_RESPONSES) {
      const { type, statusCode, code, detail = '$context.error.messageString', headers } = each;
      const response = this.api.addGatewayResponse(type.responseType, {
        type,
        ...(statusCode === undefined ? {} : { statusCode }),
        responseHeaders: { 'Access-Control-Allow-Origin': "'*'", ...headers },
        templates: { 'application/json': `{"code":"${code}","detail":${detail}}` },
      });
      overrideLogicalId(response, CfnGatewayResponse, `RestApi${pascalCase(type.responseType)}Response`);
    }
  }

  /**
   * Sets logical ids, except of the deployment, which every change of a route replaces, and of the routes (addResource,
   * addMethod, gatewayResponses).
   */
  private nameResources(onAws: boolean): void {
    overrideLogicalId(this.api, CfnRestApi, 'RestApi');
    overrideLogicalId(this.api.deploymentStage, CfnStage, 'RestApiProdStage');
    if (!onAws) return;
    overrideLogicalIdBelow(this.api, CfnAccount, 'RestApiAccount');
    overrideLogicalIdBelow(this.api, CfnRole, 'RestApiLogRole');
  }

  private acknowledge(): void {
    Validations.of(this.api).acknowledge(
      {
        id: 'AwsSolutions-COG4',
        reason: 'Callers are programs with a bearer token, which the functions verify; no user signs in.',
      },
      {
        id: 'AwsSolutions-APIG3',
        reason:
          'AWS WAF costs more than the whole idle service; accounts that need it associate their own web ACL with the stage.',
      },
      {
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        reason: 'The account-wide role that API Gateway writes logs with; AWS defines its policy.',
      },
      {
        id: 'AwsSolutions-APIG2',
        reason:
          'Functions validate every request with the schemas of the contract, whose errors the gateway cannot produce.',
      },
      {
        id: 'AwsSolutions-APIG4',
        reason:
          'Functions verify the bearer token themselves: errors have the shape of the contract, and tokens are cached.',
      },
    );
  }
}

interface GatewayResponse {
  readonly type: ResponseType;
  /** Absent: the default of the response type. */
  readonly statusCode?: string;
  readonly code: string;
  /** JSON text; absent: the gateway's message. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Response types of an API without authorizer, validation and usage plan; the two defaults cover all other types. */
const GATEWAY_RESPONSES: readonly GatewayResponse[] = [
  { type: ResponseType.DEFAULT_4XX, code: 'generic_error' },
  { type: ResponseType.DEFAULT_5XX, code: 'gateway_error' },
  {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    statusCode: '404',
    code: 'not_found',
    detail: '"There is no such path."',
  },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    code: 'payload_too_large',
    detail: '"Request payload is too large."',
  },
  {
    type: ResponseType.THROTTLED,
    code: 'too_many_requests',
    detail: '"Too many requests: repeat this one after the seconds in Retry-After."',
    headers: { 'Retry-After': "'1'", 'Access-Control-Expose-Headers': "'retry-after'" },
  },
];

const throttled = ({ rate, burst }: StageConfig['throttle']) => ({
  throttlingRateLimit: rate,
  throttlingBurstLimit: burst,
  loggingLevel: MethodLoggingLevel.ERROR,
});

const awsStage = (config: StageConfig, logs: LogGroup): StageOptions => {
  const { publish, query, testAttempt } = throttlesOf(config);
  return {
    // For each method of reads and commands; publishing and test attempts have their own throttles.
    throttlingRateLimit: query.rate,
    throttlingBurstLimit: query.burst,
    methodOptions: {
      ...Object.fromEntries(PUBLISH_PATHS.map((path) => [`${path}/POST`, throttled(publish)])),
      [`${TEST_ATTEMPT_PATH}/POST`]: throttled(testAttempt),
    },
    loggingLevel: MethodLoggingLevel.ERROR,
    accessLogDestination: new LogGroupLogDestination(logs),
    accessLogFormat: ACCESS_LOG_FORMAT,
  };
};

/** The next steps of the routes that are below a path. */
const stepsBelow = (path: string, routes: readonly string[]): readonly string[] => [
  ...new Set(
    routes
      .filter((route) => route.startsWith(`${path}/`))
      .map((route) => route.slice(path.length + 1).split('/')[0] ?? ''),
  ),
];

/** Permits the deployed method, but not the console's test invocation, to invoke the function. */
const integration = ({ invoked }: ServiceFunction<unknown>): LambdaIntegration =>
  new LambdaIntegration(invoked, { allowTestInvoke: false });

const addResource = (parent: IResource, step: string): IResource => {
  const resource = parent.addResource(step);
  overrideLogicalId(resource, CfnResource, `RestApi${pascalCase(resource.path)}Path`);
  return resource;
};

const addMethod = (resource: IResource, verb: string, to: LambdaIntegration): void => {
  const method = resource.addMethod(verb, to);
  const id = `RestApi${pascalCase(`${verb} ${resource.path}`)}Method`;
  overrideLogicalId(method, CfnMethod, id);
  overrideLogicalIdBelow(method, CfnPermission, `${id}Permission`);
};
