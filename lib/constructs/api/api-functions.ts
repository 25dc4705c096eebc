import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FUNCTION_MEMORY_MB } from '../../../functions/platform/limits/memory.domain.ts';
import type { ApiEnv } from '../../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../../config.ts';
import type { Bindings } from '../../building-blocks/binding.ts';
import type { QueueWorker } from '../../building-blocks/queue-worker.ts';
import { ServiceFunction } from '../../building-blocks/service-function.ts';
import type { StateStack } from '../../stacks/state-stack.ts';

export interface ApiFunctionsProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly deliveryQueue: QueueWorker<'DELIVERY_QUEUE_URL'>;
  readonly taskQueue: QueueWorker<'TASK_QUEUE_URL'>;
}

/** One second less than HTTP API waits, so that the caller gets our answer and not the gateway's. */
const TIMEOUT = Duration.seconds(29);
/** One router in three bulkheads: a flood of lists or of commands leaves publishing its own concurrency. */
export class ApiFunctions extends Construct {
  readonly publish: ServiceFunction<ApiEnv>;
  readonly query: ServiceFunction<ApiEnv>;
  readonly admin: ServiceFunction<ApiEnv>;

  constructor(scope: Construct, id: string, props: ApiFunctionsProps) {
    super(scope, id);
    const common = { config: props.config, memory: FUNCTION_MEMORY_MB.api, timeout: TIMEOUT };
    const { publish, query, admin } = props.config.reservedConcurrency;
    this.publish = new ServiceFunction<ApiEnv>(this, 'Publish', {
      ...common,
      entry: 'publish',
      reservedConcurrency: publish,
      description: 'Accepts messages',
      bindings: publishing(props),
    });
    this.query = new ServiceFunction<ApiEnv>(this, 'Query', {
      ...common,
      entry: 'query',
      reservedConcurrency: query,
      description: 'Answers reads; has no right to write',
      bindings: reading(props),
    });
    this.admin = new ServiceFunction<ApiEnv>(this, 'Admin', {
      ...common,
      entry: 'admin',
      reservedConcurrency: admin,
      description: 'Carries out every command but publishing',
      bindings: commanding(props),
    });
  }
}

/** What verifies tokens, and opens and seals secrets. */
const secrets = ({ state }: ApiFunctionsProps) => ({
  JWT_SECRET_ARN: state.jwtSecret.read,
  MAIN_SECRET_ARN: state.mainSecret.read,
});

/** Accepting a message, and making its application where a request asks for that. */
const publishing = (props: ApiFunctionsProps): Bindings<ApiEnv> => ({
  ...secrets(props),
  CATALOG_TABLE: props.state.catalog.allow('GetItem', 'BatchGetItem', 'Query', 'PutItem'),
  MESSAGES_TABLE: props.state.messages.allow('GetItem', 'PutItem'),
  // Idempotency keys are claimed, and publish limits are reservations.
  CONTROL_TABLE: props.state.control.allow('GetItem', 'PutItem', 'UpdateItem'),
  PAYLOADS_BUCKET: props.state.payloads.write,
  DELIVERIES_TABLE: props.state.deliveries.allow(),
  VIEWS_TABLE: props.state.views.allow(),
  DELIVERY_QUEUE_URL: props.deliveryQueue.nameOnly,
  TASK_QUEUE_URL: props.taskQueue.nameOnly,
});

const reading = (props: ApiFunctionsProps): Bindings<ApiEnv> => ({
  ...secrets(props),
  CATALOG_TABLE: props.state.catalog.allow('GetItem', 'BatchGetItem', 'Query'),
  MESSAGES_TABLE: props.state.messages.allow('GetItem', 'BatchGetItem', 'Query'),
  CONTROL_TABLE: props.state.control.allow('GetItem', 'Query'),
  PAYLOADS_BUCKET: props.state.payloads.read,
  DELIVERIES_TABLE: props.state.deliveries.allow('BatchGetItem', 'Query'),
  VIEWS_TABLE: props.state.views.allow('Query'),
  DELIVERY_QUEUE_URL: props.deliveryQueue.look,
  TASK_QUEUE_URL: props.taskQueue.nameOnly,
});

const commanding = (props: ApiFunctionsProps): Bindings<ApiEnv> => ({
  ...secrets(props),
  CATALOG_TABLE: props.state.catalog.allow(
    'GetItem',
    'BatchGetItem',
    'Query',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
  ),
  // It publishes examples, takes out what is expunged, and counts ahead what a task would send.
  MESSAGES_TABLE: props.state.messages.allow('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
  CONTROL_TABLE: props.state.control.allow('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
  PAYLOADS_BUCKET: props.state.payloads.writeAndRemove,
  DELIVERIES_TABLE: props.state.deliveries.allow('BatchGetItem', 'Query', 'UpdateItem'),
  VIEWS_TABLE: props.state.views.allow('BatchGetItem', 'Query'),
  DELIVERY_QUEUE_URL: props.deliveryQueue.send,
  TASK_QUEUE_URL: props.taskQueue.send,
});
