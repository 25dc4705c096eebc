import { Construct } from 'constructs';
import { FUNCTION_TIMEOUT_SECONDS } from '../../../functions/platform/limits/function-timeouts.domain.ts';
import { FUNCTION_MEMORY_MB } from '../../../functions/platform/limits/memory.domain.ts';
import type { ApiEnv } from '../../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../../config.ts';
import { plainValue } from '../../building-blocks/binding.ts';
import type { Bindings } from '../../building-blocks/binding.ts';
import type { QueueWorker } from '../../building-blocks/queue-worker.ts';
import { ServiceFunction } from '../../building-blocks/service-function.ts';
import type { StateStack } from '../../stacks/state-stack.ts';

export interface ApiFunctionsProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly deliveryQueue: QueueWorker<'DELIVERY_QUEUE_URL'>;
  readonly taskQueue: QueueWorker<'TASK_QUEUE_URL'>;
  /** Empty if the portal is on the host of the API. */
  readonly portalUrl: string;
}

/**
 * One router in four functions (bulkheads): a flood of reads or commands takes no concurrency from publishing, and tests of
 * slow receivers take none from other commands.
 */
export class ApiFunctions extends Construct {
  readonly publish: ServiceFunction<ApiEnv>;
  readonly query: ServiceFunction<ApiEnv>;
  readonly admin: ServiceFunction<ApiEnv>;
  readonly testAttempt: ServiceFunction<ApiEnv>;

  constructor(scope: Construct, id: string, props: ApiFunctionsProps) {
    super(scope, id);
    const common = {
      config: props.config,
      memory: FUNCTION_MEMORY_MB.api,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.api,
    };
    const { publish, query, admin, testAttempt } = props.config.reservedConcurrency;
    this.publish = new ServiceFunction<ApiEnv>(this, 'Publish', {
      ...common,
      entry: 'publish',
      reservedConcurrency: publish,
      description: 'Accepts messages',
      bindings: publishBindings(props),
    });
    this.query = new ServiceFunction<ApiEnv>(this, 'Query', {
      ...common,
      entry: 'query',
      reservedConcurrency: query,
      description: 'Serves reads; has no permission to write',
      bindings: queryBindings(props),
    });
    this.admin = new ServiceFunction<ApiEnv>(this, 'Admin', {
      ...common,
      entry: 'admin',
      reservedConcurrency: admin,
      description: 'Serves all commands except publishing',
      bindings: adminBindings(props),
    });
    this.testAttempt = new ServiceFunction<ApiEnv>(this, 'TestAttempt', {
      ...common,
      entry: 'test-attempt',
      reservedConcurrency: testAttempt,
      description: 'Sends test attempts to endpoints',
      bindings: testAttemptBindings(props),
    });
  }
}

/** The keys that verify tokens and encrypt endpoint secrets, and where links to the portal lead. */
const secrets = ({ config, state, portalUrl }: ApiFunctionsProps) => ({
  JWT_SECRET_ARN: state.jwtSecret.read,
  MAIN_SECRET_ARN: state.mainSecret.read,
  PORTAL_URL: plainValue('PORTAL_URL', portalUrl),
  PORTAL_ONE_TIME_LINKS: plainValue('PORTAL_ONE_TIME_LINKS', String(config.portal.oneTimeLinks)),
});

/**
 * PutItem on Catalog: a publish request may create its application. A batch reads which of its messages exist and inserts
 * the others together.
 */
const publishBindings = (props: ApiFunctionsProps): Bindings<ApiEnv> => ({
  ...secrets(props),
  CATALOG_TABLE: props.state.catalog.allow('GetItem', 'BatchGetItem', 'Query', 'PutItem'),
  MESSAGES_TABLE: props.state.messages.allow('GetItem', 'BatchGetItem', 'PutItem', 'PartiQLInsert'),
  // For idempotency locks and the reservations of publish rate limits.
  CONTROL_TABLE: props.state.control.allow('GetItem', 'PutItem', 'UpdateItem'),
  PAYLOADS_BUCKET: props.state.payloads.write,
  DELIVERIES_TABLE: props.state.deliveries.allow(),
  VIEWS_TABLE: props.state.views.allow(),
  DELIVERY_QUEUE_URL: props.deliveryQueue.nameOnly,
  TASK_QUEUE_URL: props.taskQueue.nameOnly,
});

const queryBindings = (props: ApiFunctionsProps): Bindings<ApiEnv> => ({
  ...secrets(props),
  CATALOG_TABLE: props.state.catalog.allow('GetItem', 'BatchGetItem', 'Query'),
  MESSAGES_TABLE: props.state.messages.allow('GetItem', 'BatchGetItem', 'Query'),
  // BatchGetItem: which tokens of applications were ended.
  CONTROL_TABLE: props.state.control.allow('GetItem', 'BatchGetItem', 'Query'),
  PAYLOADS_BUCKET: props.state.payloads.read,
  DELIVERIES_TABLE: props.state.deliveries.allowWithIndex('BatchGetItem', 'Query'),
  // BatchGetItem: to count what an endpoint missed while it was off.
  VIEWS_TABLE: props.state.views.allow('BatchGetItem', 'Query'),
  DELIVERY_QUEUE_URL: props.deliveryQueue.healthCheck,
  TASK_QUEUE_URL: props.taskQueue.nameOnly,
});

const adminBindings = (props: ApiFunctionsProps): Bindings<ApiEnv> => ({
  ...secrets(props),
  CATALOG_TABLE: props.state.catalog.allow(
    'GetItem',
    'BatchGetItem',
    'Query',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
  ),
  // For publishing (example messages, and paths that end with a slash, which HTTP APIs route here), expunging payloads, and
  // estimating how many messages a task would send.
  MESSAGES_TABLE: props.state.messages.allow(
    'GetItem',
    'BatchGetItem',
    'Query',
    'PutItem',
    'PartiQLInsert',
    'UpdateItem',
  ),
  CONTROL_TABLE: props.state.control.allow('GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
  PAYLOADS_BUCKET: props.state.payloads.writeAndRemove,
  DELIVERIES_TABLE: props.state.deliveries.allowWithIndex('BatchGetItem', 'Query', 'UpdateItem'),
  VIEWS_TABLE: props.state.views.allow('BatchGetItem', 'Query'),
  DELIVERY_QUEUE_URL: props.deliveryQueue.send,
  TASK_QUEUE_URL: props.taskQueue.send,
});

/** It finds an endpoint and an event type, reads which tokens are revoked, and writes idempotency locks, their responses and its rate limit. */
const testAttemptBindings = (props: ApiFunctionsProps): Bindings<ApiEnv> => ({
  ...secrets(props),
  CATALOG_TABLE: props.state.catalog.allow('GetItem', 'BatchGetItem'),
  CONTROL_TABLE: props.state.control.allow('BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
  MESSAGES_TABLE: props.state.messages.allow(),
  PAYLOADS_BUCKET: props.state.payloads.nameOnly,
  DELIVERIES_TABLE: props.state.deliveries.allow(),
  VIEWS_TABLE: props.state.views.allow(),
  DELIVERY_QUEUE_URL: props.deliveryQueue.nameOnly,
  TASK_QUEUE_URL: props.taskQueue.nameOnly,
});
