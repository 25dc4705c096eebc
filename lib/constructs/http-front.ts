import { CfnOutput, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import type { HttpRoute, HttpRouteIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  CfnRoute,
  CfnStage,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { HouseAlarm } from '../monitoring/alarms.ts';
import { resourceOf } from '../parts/resource-of.ts';
import type { ServiceFunction } from '../parts/service-function.ts';
import type { ApiFunctions } from './api-functions.ts';
import { ACCESS_LOG_FIELDS, FAULTS_STORY, PUBLISH_PATH, allowances } from './front.ts';

/** The HTTP API: a third of REST's price. Its routes choose the bulkhead and nothing else; functions know the paths. */
export class HttpFront extends Construct {
  readonly api: HttpApi;

  constructor(
    scope: Construct,
    id: string,
    { config, functions }: { config: StageConfig; functions: ApiFunctions },
  ) {
    super(scope, id);
    const publish = integration('publish', functions.publish);
    const query = integration('query', functions.query);
    const admin = integration('admin', functions.admin);
    this.api = new HttpApi(this, 'Api', {
      apiName: `posthorn-${config.name}`,
      createDefaultStage: false,
      // Answers OPTIONS too: CORS is the functions' business, as the contract wants it.
      defaultIntegration: admin,
    });
    // A trailing slash is no route of its own in an HTTP API; POST .../msg/ goes to admin, which can do it as well.
    const methods = [HttpMethod.GET, HttpMethod.HEAD];
    const publishing = this.api.addRoutes({
      path: PUBLISH_PATH,
      methods: [HttpMethod.POST],
      integration: publish,
    });
    const reading = ['/', '/{proxy+}'].flatMap((path) =>
      this.api.addRoutes({ path, methods, integration: query }),
    );
    const stage = this.stage(config);
    if (config.target === 'aws') allow(stage, config, { publishing, reading });
    this.alarm(config);
    new CfnOutput(this, 'Id', { value: this.api.apiId }).overrideLogicalId('HttpApiId');
  }

  private stage(config: StageConfig): HttpStage {
    // Whatever has no allowance of its own (below) is a command.
    const { rate, burst } = allowances(config).admin;
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: rate, burstLimit: burst },
      ...(config.target === 'aws' ? { accessLogSettings: this.accessLog(config) } : {}),
    });
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'Functions verify the bearer token themselves: errors have the shape of the contract, and tokens are cached.',
    });
    return stage;
  }

  private accessLog(config: StageConfig) {
    return {
      destination: new LogGroupLogDestination(
        new LogGroup(this, 'AccessLog', {
          retention: config.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      ),
      format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
    };
  }

  private alarm(config: StageConfig): void {
    new HouseAlarm(this, 'Faults', {
      config,
      story: FAULTS_STORY,
      what: 'answers of 500 and above in five minutes',
      metric: this.api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 5,
    });
  }
}

/** Allowances of single routes; CloudFormation refuses one for a route that is not there yet. */
const allow = (
  stage: HttpStage,
  config: StageConfig,
  { publishing, reading }: Record<'publishing' | 'reading', readonly HttpRoute[]>,
): void => {
  const { publish, query } = allowances(config);
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
  resource.routeSettings = settings;
};

const integration = (id: string, { lambda }: ServiceFunction<unknown>): HttpRouteIntegration =>
  new HttpLambdaIntegration(id, lambda, {
    payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    scopePermissionToRoute: false,
  });
