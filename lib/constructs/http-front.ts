import { CfnOutput, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import type { HttpRouteIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import {
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
import type { ServiceFunction } from '../parts/service-function.ts';
import type { ApiFunctions } from './api-functions.ts';
import { ACCESS_LOG_FIELDS, FAULTS_STORY, PUBLISH_PATH } from './front.ts';

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
    this.api.addRoutes({ path: PUBLISH_PATH, methods: [HttpMethod.POST], integration: publish });
    for (const path of ['/', '/{proxy+}']) {
      this.api.addRoutes({ path, methods: [HttpMethod.GET, HttpMethod.HEAD], integration: query });
    }
    this.stage(config);
    this.alarm(config);
    new CfnOutput(this, 'Id', { value: this.api.apiId }).overrideLogicalId('HttpApiId');
  }

  private stage(config: StageConfig): void {
    const { rate, burst } = config.throttle;
    new HttpStage(this, 'Stage', {
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

const integration = (id: string, { lambda }: ServiceFunction<unknown>): HttpRouteIntegration =>
  new HttpLambdaIntegration(id, lambda, {
    payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    scopePermissionToRoute: false,
  });
