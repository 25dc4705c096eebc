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
import { GradualDeployment } from '../constructs/gradual-deployment.ts';
import { EventSourceCheck } from '../constructs/event-source-check.ts';
import { ServiceDashboard } from '../monitoring/dashboard.ts';
import { makeAlarmTopic } from '../monitoring/alarm-topic.ts';
import { CostBudget } from '../monitoring/budget.ts';
import { FunctionAlarms, functionsOf } from '../monitoring/function-alarms.ts';
import { TableAlarms } from '../monitoring/table-alarms.ts';
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
  /** The ingest pipelines by their names. */
  readonly ingest: ReadonlyMap<string, Ingest>;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { config, state } = props;
    makeAlarmTopic(this, config);
    const delivery = new Delivery(this, 'Delivery', { config, state });
    const [deliveryQueue, bulkQueue] = [delivery.queue.send, delivery.bulkQueue.send];
    const tasks = new Tasks(this, 'Tasks', { config, state, bulkQueue });
    const functions = new ApiFunctions(this, 'Api', {
      ...{ config, state },
      deliveryQueue: delivery.queue,
      taskQueue: tasks.queue,
      portalUrl: Lazy.string({ produce: () => this.portalUrl }),
    });
    const ingest = config.ingest.map((pipeline) => {
      const { part, dlq: name } = ingestNames(config.name, pipeline.name);
      return { name, pipeline: pipeline.name, built: new Ingest(this, part, { config, state, pipeline }) };
    });
    this.ingest = new Map(ingest.map(({ pipeline, built }) => [pipeline, built]));
    const fanOut = new FanOut(this, 'FanOut', { config, state, deliveryQueue, bulkQueue });
    const { project } = new ReadModels(this, 'ReadModels', { config, state });
    const { updateHourlyStatistics } = new HourlyStatistics(this, 'HourlyStatistics', { config, state });
    const { announce } = new DomainEventPublisher(this, 'DomainEventPublisher', { config, state });
    const { sweep } = new Sweeper(this, 'Sweeper', { config, state, deliveryQueue, bulkQueue });
    const { apiUrl, origin } = this.apis(config, functions);
    this.apiUrl = apiUrl;
    this.portalUrl = this.portal(config, origin);
    this.outputs(state);
    this.alarms(props);
    this.protect(props);
    new CostBudget(this, 'CostBudget', config);
    if (config.dashboard) {
      const { publish, query, admin, testAttempt } = functions;
      new ServiceDashboard(this, 'Dashboard', {
        config,
        functions: {
          publish,
          query,
          admin,
          'test-attempt': testAttempt,
          ...Object.fromEntries(ingest.map(({ name, built }) => [name, built.ingest])),
          'fan-out': fanOut.fanOut,
          'fan-out-wide': fanOut.fanOutWide,
          deliver: delivery.deliver,
          'deliver-bulk': delivery.deliverBulk,
          'deliver-slow': delivery.deliverSlow,
          project,
          updateHourlyStatistics,
          announce,
          sweep,
          'run-task': tasks.runTask,
        },
        queues: {
          delivery: delivery.queue.queue,
          'bulk-delivery': delivery.bulkQueue.queue,
          'slow-delivery': delivery.slowQueue.queue,
          'fan-out': fanOut.queue.queue,
          task: tasks.queue.queue,
          ...Object.fromEntries(ingest.map(({ name, built }) => [name, built.queue.queue])),
        },
      });
    }
  }

  /** Of everything that the stack has by now: the key of the stage, and static addresses of what sends to endpoints. */
  private protect({ state: { key, egress } }: ServiceStackProps): void {
    key?.encryptQueues(this);
    for (const fn of Object.values(functionsOf(this))) {
      if (fn.usesState) key?.grantUse(fn.lambda);
      if (/^(deliver|test-attempt)/.test(fn.name)) egress?.connect(fn);
    }
  }

  /** Of everything that the stack has by now. */
  private alarms({ config, state }: ServiceStackProps): void {
    // Emulators have no one on call.
    if (config.target === 'aws') new EventSourceCheck(this, 'EventSourceCheck', { config });
    new FunctionAlarms(this, 'FunctionAlarms', { config });
    if (config.gradualDeployment !== undefined)
      new GradualDeployment(this, 'GradualDeployment', { steps: config.gradualDeployment, config });
    new TableAlarms(this, 'TableAlarms', {
      config,
      tables: {
        Catalog: {
          table: state.catalog.table,
          impact: 'API calls fail or are slow, and deliveries are late.',
        },
        Messages: {
          table: state.messages.table,
          impact: 'Publishing is slow or fails, and deliveries are late.',
        },
        Deliveries: {
          table: state.deliveries.table,
          impact: 'Deliveries are late, and attempts are recorded late.',
        },
        Views: { table: state.views.table, impact: 'Lists of attempts and statistics are out of date.' },
        Control: { table: state.control.table, impact: 'Publishing and retries are slow or late.' },
      },
    });
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
    const origin = (http ?? rest)?.origin;
    if (origin === undefined) throw new Error('a stage has at least one API');
    // Without a slash at its end: clients add paths that begin with one.
    const apiUrl = `https://${origin.host}${origin.path}`;
    new CfnOutput(this, 'ApiUrl', { value: apiUrl });
    return { apiUrl, origin };
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
