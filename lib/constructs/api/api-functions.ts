import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
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
/** A hot path that a person waits for: a quarter of a core and more, and modest bills since it never waits long. */
const MEMORY = 512;

/** One router in three bulkheads: a flood of lists or of commands leaves publishing its own concurrency. */
export class ApiFunctions extends Construct {
  readonly publish: ServiceFunction<ApiEnv>;
  readonly query: ServiceFunction<ApiEnv>;
  readonly admin: ServiceFunction<ApiEnv>;

  constructor(scope: Construct, id: string, props: ApiFunctionsProps) {
    super(scope, id);
    const reads = this.reads(props);
    const commands: Bindings<ApiEnv> = {
      ...reads,
      CATALOG_TABLE: props.state.catalog.readWrite,
      MESSAGES_TABLE: props.state.messages.readWrite,
      CONTROL_TABLE: props.state.control.readWrite,
      PAYLOADS_BUCKET: props.state.payloads.readWrite,
      DELIVERY_QUEUE_URL: props.deliveryQueue.send,
    };
    const common = { config: props.config, memory: MEMORY, timeout: TIMEOUT };
    const { publish, query, admin } = props.config.reservedConcurrency;
    this.publish = new ServiceFunction<ApiEnv>(this, 'Publish', {
      ...common,
      entry: 'publish',
      reservedConcurrency: publish,
      description: 'Accepts messages',
      bindings: commands,
    });
    this.query = new ServiceFunction<ApiEnv>(this, 'Query', {
      ...common,
      entry: 'query',
      reservedConcurrency: query,
      description: 'Answers reads; has no right to write',
      bindings: reads,
    });
    this.admin = new ServiceFunction<ApiEnv>(this, 'Admin', {
      ...common,
      entry: 'admin',
      reservedConcurrency: admin,
      description: 'Carries out every command but publishing',
      bindings: {
        ...commands,
        DELIVERIES_TABLE: props.state.deliveries.readWrite,
        TASK_QUEUE_URL: props.taskQueue.send,
      },
    });
  }

  private reads({ state, deliveryQueue, taskQueue }: ApiFunctionsProps): Bindings<ApiEnv> {
    return {
      JWT_SECRET_ARN: state.jwtSecret.read,
      MAIN_SECRET_ARN: state.mainSecret.read,
      CATALOG_TABLE: state.catalog.read,
      MESSAGES_TABLE: state.messages.read,
      PAYLOADS_BUCKET: state.payloads.read,
      DELIVERIES_TABLE: state.deliveries.read,
      VIEWS_TABLE: state.views.read,
      CONTROL_TABLE: state.control.read,
      DELIVERY_QUEUE_URL: deliveryQueue.look,
      TASK_QUEUE_URL: taskQueue.look,
    };
  }
}
