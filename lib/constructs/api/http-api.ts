import { CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import type { HttpRouteIntegrationConfig } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  CfnApi,
  CfnIntegration,
  CfnRoute,
  CfnStage,
  HttpApi,
  HttpIntegration,
  HttpIntegrationType,
  HttpMethod,
  HttpRoute,
  HttpRouteIntegration,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../../config.ts';
import { HttpApiDomain } from './api-domain.ts';
import { ApiAlarms } from '../../monitoring/api-alarms.ts';
import {
  overrideLogicalId,
  overrideLogicalIdBelow,
  pascalCase,
  resourceOf,
} from '../../building-blocks/logical-id.ts';
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

const STAGE_NAME = '$default';

/** The HTTP API, at a third of the REST API's price. Its routes only choose the function; functions match the paths. */
export class HttpApiConstruct extends Construct {
  readonly api: HttpApi;
  readonly origin: ApiOrigin;

  constructor(
    scope: Construct,
    id: string,
    { config, functions }: { config: StageConfig; functions: RoutedFunctions },
  ) {
    super(scope, id);
    const publish = new FunctionIntegration('publish', functions.publish);
    const query = new FunctionIntegration('query', functions.query);
    const admin = new FunctionIntegration('admin', functions.admin);
    // No CORS configuration: functions send the contract's CORS headers, and $default receives OPTIONS too.
    this.api = new HttpApi(this, 'Api', {
      apiName: `posthorn-${config.name}`,
      createDefaultStage: false,
      disableExecuteApiEndpoint: config.domain !== undefined,
    });
    overrideLogicalId(this.api, CfnApi, 'HttpApi');
    this.permit(
      new HttpRoute(this, 'DefaultRoute', {
        httpApi: this.api,
        routeKey: HttpRouteKey.DEFAULT,
        integration: admin,
      }),
      admin,
    );
    // HTTP APIs have no separate route for a trailing slash: POST .../msg/ goes to admin, which can publish too.
    const publishing = PUBLISH_PATHS.flatMap((path) => this.serve(path, [HttpMethod.POST], publish));
    const testAttempt = new FunctionIntegration('test-attempt', functions.testAttempt);
    const testing = this.serve(TEST_ATTEMPT_PATH, [HttpMethod.POST], testAttempt);
    const read = [HttpMethod.GET, HttpMethod.HEAD];
    const reading = ['/', '/{proxy+}'].flatMap((path) => this.serve(path, read, query));
    for (const path of READING_PATHS) reading.push(...this.serve(path, [HttpMethod.POST], query));
    if (functions.portal !== undefined) {
      const portal = new FunctionIntegration('portal', functions.portal);
      // The path with a slash at its end is a read; query redirects it to the one without.
      for (const path of [PORTAL_PATH, `${PORTAL_PATH}/{proxy+}`])
        reading.push(...this.serve(path, read, portal));
    }
    this.nameIntegrations();
    const logs = accessLog(this, 'HttpApi', config);
    const stage = this.stage(config, logs);
    if (config.target === 'aws') throttleRoutes(stage, config, { publishing, reading, testing });
    new ApiAlarms(this, 'Alarms', {
      config,
      name: 'HttpApi',
      accessLog: logs,
      faults: this.api.metricServerError(),
      latency: this.api.metricLatency(),
    });
    this.origin =
      config.domain === undefined
        ? { host: hostOf(this, this.api.apiId), path: '' }
        : new HttpApiDomain(this, 'Domain', { domain: config.domain, api: this.api, stage }).origin;
    new CfnOutput(this, 'Id', { value: this.api.apiId }).overrideLogicalId('HttpApiId');
  }

  private serve(path: string, methods: HttpMethod[], integration: FunctionIntegration): HttpRoute[] {
    const routes = this.api.addRoutes({ path, methods, integration });
    for (const route of routes) this.permit(route, integration);
    return routes;
  }

  /**
   * Sets a route's logical id and permits the route to invoke its function, by the source ARN that API Gateway sends for
   * it. CDK's own integration writes ARNs of three segments for all routes, which does not match $default with its two.
   */
  private permit(route: HttpRoute, { lambda }: FunctionIntegration): void {
    const resource = resourceOf(route, CfnRoute);
    const id = `HttpApi${pascalCase(resource.routeKey)}Route`;
    resource.overrideLogicalId(id);
    lambda.addPermission('InvokedByRoute', {
      scope: route,
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.api.apiId,
        resourceName: routeSource(resource.routeKey),
      }),
    });
    overrideLogicalIdBelow(route, CfnPermission, `${id}Permission`);
  }

  /** Sets the logical ids of integrations, which CDK creates below the first route that uses them. */
  private nameIntegrations(): void {
    for (const each of this.node.findAll())
      if (each instanceof HttpIntegration)
        overrideLogicalId(each, CfnIntegration, `HttpApi${pascalCase(each.node.id)}Integration`);
  }

  private stage(config: StageConfig, logs: LogGroup | undefined): HttpStage {
    // For commands: routes without a throttle of their own (throttleRoutes).
    const { rate, burst } = throttlesOf(config).admin;
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: STAGE_NAME,
      autoDeploy: true,
      throttle: { rateLimit: rate, burstLimit: burst },
      ...(logs === undefined
        ? {}
        : {
            accessLogSettings: {
              destination: new LogGroupLogDestination(logs),
              format: ACCESS_LOG_FORMAT,
            },
          }),
    });
    overrideLogicalId(stage, CfnStage, 'HttpApiDefaultStage');
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'Functions verify the bearer token themselves: errors have the shape of the contract, and tokens are cached.',
    });
    return stage;
  }
}

/**
 * Sets throttles of single routes. CloudFormation rejects one for a route that does not exist yet, hence the
 * dependencies.
 */
const throttleRoutes = (
  stage: HttpStage,
  config: StageConfig,
  { publishing, reading, testing }: Record<'publishing' | 'reading' | 'testing', readonly HttpRoute[]>,
): void => {
  const { publish, query, testAttempt } = throttlesOf(config);
  const resource = resourceOf(stage, CfnStage);
  const settings: Record<string, object> = {};
  const add = (routes: readonly HttpRoute[], { rate, burst }: StageConfig['throttle']) => {
    for (const route of routes.map((one) => resourceOf(one, CfnRoute))) {
      settings[route.routeKey] = { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst };
      resource.addResourceDependency(route);
    }
  };
  add(publishing, publish);
  add(reading, query);
  add(testing, testAttempt);
  resource.routeSettings = settings;
};

/** Integrates a function without permissions; `HttpApiConstruct.permit` adds one for each route. */
class FunctionIntegration extends HttpRouteIntegration {
  readonly lambda: IFunction;

  constructor(id: string, { invoked }: ServiceFunction<unknown>) {
    super(id);
    this.lambda = invoked;
  }

  override bind(): HttpRouteIntegrationConfig {
    return {
      type: HttpIntegrationType.AWS_PROXY,
      uri: this.lambda.functionArn,
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    };
  }
}

/**
 * Stage and route as in the source ARN, without the space of the route key: `$default/$default`. Path variables become
 * `*`, as in the ARNs that API Gateway's console writes.
 */
const routeSource = (routeKey: string): string =>
  `${STAGE_NAME}/${routeKey.replace(' ', '').replaceAll(/\{[^}]*\}/g, '*')}`;
