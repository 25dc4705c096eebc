import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { overrideLogicalId } from '../../building-blocks/logical-id.ts';
import type { StageConfig } from '../../config.ts';
import type { ApiEnv, PortalEnv } from '../../../functions/platform/lambda/env.ts';
import type { ServiceFunction } from '../../building-blocks/service-function.ts';

/** The functions behind an API. `portal`: on stages where a function serves the portal. */
export interface RoutedFunctions extends Readonly<
  Record<'publish' | 'query' | 'admin' | 'testAttempt', ServiceFunction<ApiEnv>>
> {
  readonly portal: ServiceFunction<PortalEnv> | undefined;
}

/** Where an API is for CloudFront: its host name, and the path of its stage. */
export interface ApiOrigin {
  readonly host: string;
  readonly path: string;
}

/** The host name of an API, with no reference to its stage or its routes. */
export const hostOf = (scope: Construct, apiId: string): string => {
  const { region, urlSuffix } = Stack.of(scope);
  return `${apiId}.execute-api.${region}.${urlSuffix}`;
};

/** The portal is a page at this path and all paths below it. */
export const PORTAL_PATH = '/portal';

/** The routes of the publish function: one message, and a batch. Each path is the previous one's, or below it. */
export const PUBLISH_PATHS = ['/api/v1/app/{app_id}/msg', '/api/v1/app/{app_id}/msg/batch'] as const;
/** POSTs that only read: the routes of the query function besides GET and HEAD. */
export const READING_PATHS = [
  '/api/v1/app/{app_id}/msg/precheck/active',
  '/api/v1/app/{app_id}/msg/search',
] as const;
/** The route of the function that sends test attempts. */
export const TEST_ATTEMPT_PATH = '/api/v1/app/{app_id}/endpoint/{endpoint_id}/test-attempt';

/**
 * The throttle of test attempts: with it at most 80 executions wait for receivers at a time, as each takes up to 17 s.
 */
const TEST_ATTEMPTS: StageConfig['throttle'] = { rate: 4, burst: 12 };

const shareOf = ({ rate, burst }: StageConfig['throttle'], share: number): StageConfig['throttle'] => ({
  rate: Math.max(1, Math.floor(rate * share)),
  burst: Math.max(1, Math.floor(burst * share)),
});

/**
 * The API Gateway throttle for each kind of work. Reads and commands get a share of the stage's throttle and publishing
 * gets all of it, so that publishing is throttled last.
 */
export const throttlesOf = ({ throttle }: StageConfig) => ({
  publish: shareOf(throttle, 1),
  query: shareOf(throttle, 1 / 2),
  admin: shareOf(throttle, 1 / 4),
  testAttempt: TEST_ATTEMPTS,
});

/** Caller, method, status and latency only, because logs are billed by the byte. No paths: they contain tenant ids. */
export const ACCESS_LOG_FORMAT = AccessLogFormat.custom(
  JSON.stringify({
    id: '$context.requestId',
    ip: '$context.identity.sourceIp',
    method: '$context.httpMethod',
    status: '$context.status',
    ms: '$context.responseLatency',
    error: '$context.integrationErrorMessage',
  }),
);

/** The group of an API's access log; undefined on emulators. `name`: prefix of its logical id. */
export const accessLog = (scope: Construct, name: string, config: StageConfig): LogGroup | undefined => {
  if (config.target !== 'aws') return undefined;
  const logs = new LogGroup(scope, 'AccessLog', {
    retention: config.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  overrideLogicalId(logs, CfnLogGroup, `${name}AccessLog`);
  return logs;
};
