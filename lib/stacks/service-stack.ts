import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Lazy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { DomainEventPublisher } from '../constructs/events.ts';
import { ApiFunctions } from '../constructs/api/api-functions.ts';
import { Delivery } from '../constructs/delivery.ts';
import { FanOut } from '../constructs/fan-out.ts';
import { Ingest } from '../constructs/ingest.ts';
import { ingestNames } from '../constructs/ingest-names.ts';
import { HttpApiConstruct } from '../constructs/api/http-api.ts';
import { ReadModels } from '../constructs/read-models.ts';
import { RestApiConstruct } from '../constructs/api/rest-api.ts';
import type { ApiOrigin } from '../constructs/api/routes.ts';
import { CloudFrontPortal } from '../constructs/portal/cloudfront-portal.ts';
import { PortalFunction } from '../constructs/portal/portal-function.ts';
import { Sweeper } from '../constructs/sweeper.ts';
import { Tasks } from '../constructs/replay.ts';
import { HourlyStatistics } from '../constructs/hourly-statistics.ts';
import { ServiceDashboard } from '../monitoring/dashboard.ts';
import { FunctionAlarms } from '../monitoring/function-alarms.ts';
import type { StateStack } from './state-stack.ts';

export interface ServiceStackProps extends StackProps {
  readonly config: StageConfig;
  readonly state: StateStack;
}

/** The API, functions, queues and alarms that use the state. Can be deleted and deployed again at any time. */
export class ServiceStack extends Stack {
  /** The base URL of clients: that of the HTTP API, or else of the REST API. */
  readonly apiUrl: string;
  /** Where links to the portal lead; empty for /portal/ on the host of the API. */
  readonly portalUrl: string;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { config, state } = props;
    const delivery = new Delivery(this, 'Delivery', { config, state });
    const deliveryQueue = delivery.queue.send;
    const tasks = new Tasks(this, 'Tasks', { config, state, deliveryQueue });
    const functions = new ApiFunctions(this, 'Api', {
      ...{ config, state },
      deliveryQueue: delivery.queue,
      taskQueue: tasks.queue,
      portalUrl: Lazy.string({ produce: () => this.portalUrl }),
    });
    const ingest = config.ingest.map((way) => {
      const { part, dlq: name } = ingestNames(config.name, way.name);
      return { name, way: new Ingest(this, part, { config, state, way }) };
    });
    const fanOut = new FanOut(this, 'FanOut', { config, state, deliveryQueue });
    const { project } = new ReadModels(this, 'ReadModels', { config, state });
    const { updateHourlyStatistics } = new HourlyStatistics(this, 'HourlyStatistics', { config, state });
    const { announce } = new DomainEventPublisher(this, 'DomainEventPublisher', { config, state });
    const { sweep } = new Sweeper(this, 'Sweeper', { config, state, deliveryQueue });
    const { apiUrl, origin } = this.apis(config, functions);
    this.apiUrl = apiUrl;
    this.portalUrl = this.portal(config, origin);
    this.outputs(state);
    new FunctionAlarms(this, 'FunctionAlarms', {
      config,
      functions: { publish: functions.publish, 'fan-out': fanOut.fanOut, deliver: delivery.deliver },
    });
    if (config.dashboard) {
      const { publish, query, admin, testAttempt } = functions;
      new ServiceDashboard(this, 'Dashboard', {
        config,
        functions: {
          publish,
          query,
          admin,
          'test-attempt': testAttempt,
          ...Object.fromEntries(ingest.map(({ name, way }) => [name, way.ingest])),
          'fan-out': fanOut.fanOut,
          'fan-out-wide': fanOut.fanOutWide,
          deliver: delivery.deliver,
          'deliver-slow': delivery.deliverSlow,
          project,
          updateHourlyStatistics,
          announce,
          sweep,
          'run-task': tasks.runTask,
        },
        queues: {
          delivery: delivery.queue.queue,
          'slow-delivery': delivery.slowQueue.queue,
          'fan-out': fanOut.queue.queue,
          task: tasks.queue.queue,
          ...Object.fromEntries(ingest.map(({ name, way }) => [name, way.queue.queue])),
        },
      });
    }
  }

  private apis(config: StageConfig, apiFunctions: ApiFunctions): { apiUrl: string; origin: ApiOrigin } {
    const portal =
      config.portal.hosting === 'function'
        ? new PortalFunction(this, 'PortalFunction', { config }).portal
        : undefined;
    const { publish, query, admin, testAttempt } = apiFunctions;
    const functions = { publish, query, admin, testAttempt, portal };
    const http = config.api.http ? new HttpApiConstruct(this, 'HttpApi', { config, functions }) : undefined;
    const rest = config.api.rest ? new RestApiConstruct(this, 'RestApi', { config, functions }) : undefined;
    const api = http ?? rest;
    if (api === undefined) throw new Error('a stage has at least one API');
    new CfnOutput(this, 'ApiUrl', { value: api.url });
    return { apiUrl: api.url, origin: api.origin };
  }

  private portal(config: StageConfig, api: ApiOrigin): string {
    const { hosting, url = '' } = config.portal;
    if (hosting !== 'cloudfront') return url;
    const portal = new CloudFrontPortal(this, 'Portal', { config, api });
    new CfnOutput(this, 'PortalUrl', { value: portal.url });
    return portal.url;
  }

  private outputs({ jwtSecret, mainSecret, eventBus }: StateStack): void {
    new CfnOutput(this, 'JwtSecretArn', { value: jwtSecret.secret.secretArn });
    new CfnOutput(this, 'MainSecretArn', { value: mainSecret.secret.secretArn });
    new CfnOutput(this, 'EventBusName', { value: eventBus.bus.eventBusName });
  }
}
