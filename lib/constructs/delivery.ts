import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DeliverEnv } from '../../functions/entry/env.ts';
import type { StageConfig } from '../config.ts';
import { QueueWorker } from '../parts/queue-worker.ts';
import { ServiceFunction } from '../parts/service-function.ts';
import type { StateStack } from '../stacks/state-stack.ts';

/** The delivery queue and the function that signs and POSTs: fair between applications by message group. */
export class Delivery extends Construct {
  readonly queue: QueueWorker<'DELIVERY_QUEUE_URL'>;
  readonly deliver: ServiceFunction<DeliverEnv>;

  constructor(scope: Construct, id: string, { config, state }: { config: StageConfig; state: StateStack }) {
    super(scope, id);
    const { maximumConcurrency, timeoutSeconds } = config.delivery;
    const workTime = Duration.seconds(timeoutSeconds);
    this.queue = new QueueWorker(this, 'Queue', {
      name: 'Delivery',
      config,
      story: {
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
    this.deliver = new ServiceFunction<DeliverEnv>(this, 'Deliver', {
      config,
      entry: 'deliver',
      description:
        'Signs messages and sends them to endpoints, records each attempt and decides what follows',
      // It waits for others most of its time, and time is paid by memory.
      memory: 256,
      timeout: workTime,
      resends: true,
      bindings: {
        MAIN_SECRET_ARN: state.mainSecret.read,
        // It disables endpoints that have failed for too long.
        CATALOG_TABLE: state.catalog.readWrite,
        MESSAGES_TABLE: state.messages.read,
        PAYLOADS_BUCKET: state.payloads.read,
        DELIVERIES_TABLE: state.deliveries.readWrite,
        CONTROL_TABLE: state.control.readWrite,
        DELIVERY_QUEUE_URL: this.queue.send,
        DEAD_LETTER_QUEUE_URL: this.queue.deadLetters.send,
      },
    });
    this.queue.workedBy(this.deliver);
  }
}
