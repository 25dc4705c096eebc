import { CfnOutput, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IResource, StageOptions } from 'aws-cdk-lib/aws-apigateway';
import {
  AccessLogFormat,
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
import { CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../../config.ts';
import { ServiceAlarm } from '../../monitoring/alarms.ts';
import { overrideLogicalId, overrideLogicalIdBelow, pascalCase } from '../../building-blocks/logical-id.ts';
import type { ServiceFunction } from '../../building-blocks/service-function.ts';
import type { ApiFunctions } from './api-functions.ts';
import { ACCESS_LOG_FIELDS, FAULTS_ON_CALL, PUBLISH_PATH, allowances } from './routes.ts';

/** The REST API, for emulators that have no HTTP API and for accounts that want a web firewall. Same functions, same bulkheads. */
export class RestApiConstruct extends Construct {
  readonly api: RestApi;

  constructor(
    scope: Construct,
    id: string,
    { config, functions }: { config: StageConfig; functions: ApiFunctions },
  ) {
    super(scope, id);
    const onAws = config.target === 'aws';
    this.api = new RestApi(this, 'Api', {
      restApiName: `posthorn-${config.name}`,
      endpointTypes: [EndpointType.REGIONAL],
      // Bodies arrive as the bytes that were sent.
      binaryMediaTypes: ['*/*'],
      // The account's role for logs of REST APIs; the emulators have none, and other APIs may use it.
      ...(onAws
        ? { cloudWatchRole: true, cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN }
        : { cloudWatchRole: false }),
      deployOptions: { stageName: 'prod', ...(onAws ? this.awsStage(config) : {}) },
    });
    this.nameResources(onAws);
    this.routes(functions);
    this.ownAnswers();
    this.alarm(config);
    this.acknowledge();
    new CfnOutput(this, 'Id', { value: this.api.restApiId }).overrideLogicalId('RestApiId');
    new CfnOutput(this, 'StageName', { value: this.api.deploymentStage.stageName }).overrideLogicalId(
      'RestApiStage',
    );
  }

  /**
   * Every step of the publish path answers what is not publishing, itself and below it: a REST API that has descended
   * into a resource does not come back to the catch-all of its parent.
   */
  private routes(functions: ApiFunctions): void {
    const query = integration(functions.query);
    const admin = integration(functions.admin);
    const serve = (resource: IResource): void => {
      for (const method of ['GET', 'HEAD']) addMethod(resource, method, query);
      addMethod(resource, 'ANY', admin);
    };
    let resource: IResource = this.api.root;
    for (const step of [...PUBLISH_PATH.split('/').slice(1), '']) {
      serve(resource);
      // A resource may have one child with a variable: {app_id} stands in for {proxy+}.
      if (!step.startsWith('{')) serve(addResource(resource, '{proxy+}'));
      if (step === '') addMethod(resource, 'POST', integration(functions.publish));
      else resource = addResource(resource, step);
    }
  }

  /** What the gateway answers by itself has the JSON of every other error, since clients parse it. */
  private ownAnswers(): void {
    for (const { type, statusCode, code, detail = '$context.error.messageString', headers } of OWN_ANSWERS) {
      const response = this.api.addGatewayResponse(`Own${type.responseType}`, {
        type,
        ...(statusCode === undefined ? {} : { statusCode }),
        responseHeaders: { 'Access-Control-Allow-Origin': "'*'", ...headers },
        templates: { 'application/json': `{"code":"${code}","detail":${detail}}` },
      });
      overrideLogicalId(response, CfnGatewayResponse, `RestApi${pascalCase(type.responseType)}Response`);
    }
  }

  /** All but the deployment, which every change of a route makes anew, and the routes (addResource, addMethod, ownAnswers). */
  private nameResources(onAws: boolean): void {
    overrideLogicalId(this.api, CfnRestApi, 'RestApi');
    overrideLogicalId(this.api.deploymentStage, CfnStage, 'RestApiProdStage');
    if (!onAws) return;
    overrideLogicalIdBelow(this.api, CfnAccount, 'RestApiAccount');
    overrideLogicalIdBelow(this.api, CfnRole, 'RestApiLogRole');
  }

  private awsStage(config: StageConfig): StageOptions {
    const { publish, query } = allowances(config);
    const logs = new LogGroup(this, 'AccessLog', {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    overrideLogicalId(logs, CfnLogGroup, 'RestApiAccessLog');
    return {
      // Reads and commands, each method by itself; publishing has an allowance of its own.
      throttlingRateLimit: query.rate,
      throttlingBurstLimit: query.burst,
      methodOptions: {
        [`${PUBLISH_PATH}/POST`]: {
          throttlingRateLimit: publish.rate,
          throttlingBurstLimit: publish.burst,
          loggingLevel: MethodLoggingLevel.ERROR,
        },
      },
      loggingLevel: MethodLoggingLevel.ERROR,
      accessLogDestination: new LogGroupLogDestination(logs),
      accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
    };
  }

  private alarm(config: StageConfig): void {
    new ServiceAlarm(this, 'RestApiFaults', {
      config,
      onCall: FAULTS_ON_CALL,
      what: 'answers of 500 and above in five minutes',
      metric: this.api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 5,
    });
  }

  private acknowledge(): void {
    Validations.of(this.api).acknowledge(
      {
        id: 'AwsSolutions-COG4',
        reason:
          'There are no users to sign in: callers are programs with a bearer token, which the functions verify.',
      },
      {
        id: 'AwsSolutions-APIG3',
        reason:
          'A web firewall costs more than the whole service at rest; accounts that want one attach their own to the stage.',
      },
      {
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        reason: 'The role that API Gateway itself logs with, account-wide, as AWS defines it.',
      },
      {
        id: 'AwsSolutions-APIG2',
        reason:
          'Functions validate every request with the schemas of the contract, whose errors a gateway cannot shape.',
      },
      {
        id: 'AwsSolutions-APIG4',
        reason:
          'Functions verify the bearer token themselves: errors have the shape of the contract, and tokens are cached.',
      },
    );
  }
}

interface OwnAnswer {
  readonly type: ResponseType;
  /** Else the one of this type. */
  readonly statusCode?: string;
  readonly code: string;
  /** JSON; else the gateway's own words. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The types that a request without authorizer, validation or usage plan can meet, and all others. */
const OWN_ANSWERS: readonly OwnAnswer[] = [
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

/** Each method may invoke its function, and the console's test button may not. */
const integration = ({ lambda }: ServiceFunction<unknown>): LambdaIntegration =>
  new LambdaIntegration(lambda, { allowTestInvoke: false });

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
