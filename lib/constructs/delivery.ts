import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import type { DeliverEnv } from '../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../config.ts';
import type { Binding } from '../building-blocks/binding.ts';
import { QueueWorker } from '../building-blocks/queue-worker.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import type { StateStack } from '../stacks/state-stack.ts';

/**
 * The two lanes of delivery, each a queue and the function that signs and POSTs: fair between applications by message
 * group. Endpoints that were slow lately are served by the slow lane, so that nobody waits behind them.
 */
export class Delivery extends Construct {
  readonly queue: QueueWorker<'DELIVERY_QUEUE_URL'>;
  readonly slowQueue: QueueWorker<'SLOW_QUEUE_URL'>;
  readonly deliver: ServiceFunction<DeliverEnv>;
  readonly deliverSlow: ServiceFunction<DeliverEnv>;

  constructor(scope: Construct, id: string, { config, state }: { config: StageConfig; state: StateStack }) {
    super(scope, id);
    const { maximumConcurrency, timeoutSeconds } = config.delivery;
    const workTime = Duration.seconds(timeoutSeconds);
    this.queue = new QueueWorker(this, 'Queue', {
      name: 'Delivery',
      config,
      onCall: {
        impact: 'Webhooks reach customers late, or not until they are replayed.',
        runbook: 'delivery-queue',
        replay: `npm run dlq -- replay delivery --stage ${config.name}`,
      },
      variable: 'DELIVERY_QUEUE_URL',
      workTime,
      maximumConcurrency,
      // A retry may wait 15 minutes as a delayed message, SQS's limit; past twice that nobody is working on it.
      oldest: Duration.minutes(30),
      // An hour of work for a hundred batches of ten at a second each would be 3.6 million; this is 100 seconds of it.
      backlog: 100_000,
    });
    this.slowQueue = new QueueWorker(this, 'SlowQueue', {
      name: 'SlowDelivery',
      config,
      onCall: {
        impact: 'Webhooks to endpoints that answer slowly come later, or not until they are replayed.',
        runbook: 'slow-delivery-queue',
        replay: `npm run dlq -- replay deliver-slow --stage ${config.name}`,
      },
      variable: 'SLOW_QUEUE_URL',
      workTime,
      maximumConcurrency: config.slowDelivery.maximumConcurrency,
      // A second of the function is shared by fifty that wait for answers.
      batch: { size: 50, window: Duration.seconds(1) },
      oldest: Duration.hours(1),
      backlog: 100_000,
    });
    const common = { config, workTime, state };
    this.deliver = this.worker('Deliver', {
      ...common,
      entry: 'deliver',
      description:
        'Signs messages and sends them to endpoints, records each attempt and decides what follows',
      memory: FUNCTION_MEMORY_MB.delivery,
      deadLetters: this.queue.deadLetters.nameOnly,
    });
    this.queue.workedBy(this.deliver);
    this.deliverSlow = this.worker('DeliverSlow', {
      ...common,
      entry: 'deliver-slow',
      description: 'The same for endpoints that were slow lately, fifty records at a time',
      memory: FUNCTION_MEMORY_MB.delivery,
      deadLetters: this.slowQueue.deadLetters.nameOnly,
    });
    this.slowQueue.workedBy(this.deliverSlow);
  }

  private worker(id: string, props: WorkerProps): ServiceFunction<DeliverEnv> {
    const { config, state, workTime, entry, description, memory, deadLetters } = props;
    const worker = new ServiceFunction<DeliverEnv>(this, id, {
      config,
      entry,
      description,
      memory,
      timeout: workTime,
      resends: true,
      bindings: {
        MAIN_SECRET_ARN: state.mainSecret.read,
        // It disables endpoints that are gone or have failed for too long.
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
        SLOW_QUEUE_URL: this.slowQueue.send,
        DEAD_LETTER_QUEUE_URL: deadLetters,
      },
    });
    // Look-ups of dead names hold a thread of libuv's each for seconds, and there are four by default.
    worker.lambda.addEnvironment('UV_THREADPOOL_SIZE', '64');
    return worker;
  }
}

interface WorkerProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly workTime: Duration;
  readonly entry: string;
  readonly description: string;
  readonly memory: number;
  readonly deadLetters: Binding<'DEAD_LETTER_QUEUE_URL'>;
}
