import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import { DELIVERY_QUEUE_OLDEST_SECONDS, SLOW_LANE } from '../../functions/platform/limits/delivery.domain.ts';
import { STARTS } from '../../functions/platform/limits/queues.domain.ts';
import type { DeliverEnv } from '../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../config.ts';
import { plainValue } from '../building-blocks/binding.ts';
import type { Binding } from '../building-blocks/binding.ts';
import { QueueWorker } from '../building-blocks/queue-worker.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import type { StateStack } from '../stacks/state-stack.ts';

/**
 * The fast, bulk and slow lane, each a fair queue (message group: the application) and the function that signs and POSTs.
 * The bulk lane delivers for applications with many deliveries at a time, the slow lane to endpoints that were slow lately,
 * so that no other delivery waits for them.
 */
export class Delivery extends Construct {
  readonly queue: QueueWorker<'DELIVERY_QUEUE_URL'>;
  readonly bulkQueue: QueueWorker<'BULK_QUEUE_URL'>;
  readonly slowQueue: QueueWorker<'SLOW_QUEUE_URL'>;
  readonly deliver: ServiceFunction<DeliverEnv>;
  readonly deliverBulk: ServiceFunction<DeliverEnv>;
  readonly deliverSlow: ServiceFunction<DeliverEnv>;

  constructor(scope: Construct, id: string, { config, state }: { config: StageConfig; state: StateStack }) {
    super(scope, id);
    const { maximumConcurrency, timeoutSeconds } = config.delivery;
    const shared = { config, timeoutSeconds, starts: STARTS.delivery };
    this.queue = new QueueWorker(this, 'Queue', {
      name: 'Delivery',
      ...shared,
      onCall: {
        impact: 'Webhooks are delivered late. Dead-lettered deliveries are not sent until they are replayed.',
        runbook: 'delivery-queue',
        replay: `npm run dlq -- replay delivery --stage ${config.name}`,
      },
      variable: 'DELIVERY_QUEUE_URL',
      maximumConcurrency,
      oldest: Duration.seconds(DELIVERY_QUEUE_OLDEST_SECONDS),
      // 25 seconds of work for 400 concurrent batches of ten that take a second each.
      backlog: 100_000,
    });
    this.bulkQueue = new QueueWorker(this, 'BulkQueue', {
      name: 'BulkDelivery',
      ...shared,
      onCall: {
        impact:
          'Webhooks of applications that send many at a time are delivered late. Dead-lettered deliveries are not sent until they are replayed.',
        runbook: 'bulk-delivery-queue',
        replay: `npm run dlq -- replay deliver-bulk --stage ${config.name}`,
      },
      variable: 'BULK_QUEUE_URL',
      maximumConcurrency: config.bulkDelivery.maximumConcurrency,
      oldest: Duration.hours(1),
      backlog: 100_000,
    });
    this.slowQueue = new QueueWorker(this, 'SlowQueue', {
      name: 'SlowDelivery',
      ...shared,
      onCall: {
        impact:
          'Webhooks to slow endpoints are delivered late. Dead-lettered deliveries are not sent until they are replayed.',
        runbook: 'slow-delivery-queue',
        replay: `npm run dlq -- replay deliver-slow --stage ${config.name}`,
      },
      variable: 'SLOW_QUEUE_URL',
      maximumConcurrency: config.slowDelivery.maximumConcurrency,
      batch: { size: SLOW_LANE.batch, windowSeconds: SLOW_LANE.windowSeconds },
      oldest: Duration.hours(1),
      backlog: 100_000,
    });
    const common = { config, timeoutSeconds, state };
    this.deliver = this.worker('Deliver', {
      ...common,
      entry: 'deliver',
      description: 'Signs messages, sends them to endpoints, records each attempt and schedules retries',
      deadLetters: this.queue.deadLetters.send,
      concurrency: maximumConcurrency,
    });
    this.queue.consumedBy(this.deliver);
    this.deliverBulk = this.worker('DeliverBulk', {
      ...common,
      entry: 'deliver-bulk',
      description: 'Delivers for applications with many deliveries at a time',
      deadLetters: this.bulkQueue.deadLetters.send,
      concurrency: config.bulkDelivery.maximumConcurrency,
    });
    this.bulkQueue.consumedBy(this.deliverBulk);
    this.deliverSlow = this.worker('DeliverSlow', {
      ...common,
      entry: 'deliver-slow',
      description: 'Delivers to endpoints that were slow lately, fifty records at a time',
      deadLetters: this.slowQueue.deadLetters.send,
      concurrency: config.slowDelivery.maximumConcurrency,
    });
    this.slowQueue.consumedBy(this.deliverSlow);
  }

  private worker(id: string, props: WorkerProps): ServiceFunction<DeliverEnv> {
    const { config, state, timeoutSeconds, entry, description, deadLetters, concurrency } = props;
    const worker = new ServiceFunction<DeliverEnv>(this, id, {
      config,
      entry,
      description,
      memory: FUNCTION_MEMORY_MB.delivery,
      timeoutSeconds,
      resends: true,
      bindings: {
        LANE_CONCURRENCY: plainValue('LANE_CONCURRENCY', `${concurrency}`),
        MAIN_SECRET_ARN: state.mainSecret.read,
        // Writes for auto-disable: endpoints that answered 410 or failed for too long.
        CATALOG_TABLE: state.catalog.allow('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
        MESSAGES_TABLE: state.messages.allow('BatchGetItem'),
        PAYLOADS_BUCKET: state.payloads.read,
        DELIVERIES_TABLE: state.deliveries.allow(
          'Query',
          'GetItem',
          'BatchGetItem',
          'PartiQLInsert',
          'PutItem',
          'UpdateItem',
        ),
        CONTROL_TABLE: state.control.allow(
          'GetItem',
          'BatchGetItem',
          'Query',
          'PutItem',
          'UpdateItem',
          'BatchWriteItem',
        ),
        DELIVERY_QUEUE_URL: this.queue.send,
        BULK_QUEUE_URL: this.bulkQueue.send,
        SLOW_QUEUE_URL: this.slowQueue.send,
        DEAD_LETTER_QUEUE_URL: deadLetters,
      },
    });
    // A DNS lookup that times out occupies one of libuv's threads for seconds; the default is four threads.
    worker.lambda.addEnvironment('UV_THREADPOOL_SIZE', '64');
    return worker;
  }
}

interface WorkerProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly timeoutSeconds: number;
  readonly entry: string;
  readonly description: string;
  /** The maximum concurrency of its event source. */
  readonly concurrency: number;
  readonly deadLetters: Binding<'DEAD_LETTER_QUEUE_URL'>;
}
