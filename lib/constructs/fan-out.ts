import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { FanOutEnv } from '../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../config.ts';
import type { Binding, Bindings } from '../building-blocks/binding.ts';
import { QueueWorker } from '../building-blocks/queue-worker.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import { StreamWorker, newRows } from '../building-blocks/stream-worker.ts';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import type { StateStack } from '../stacks/state-stack.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../functions/platform/limits/function-timeouts.domain.ts';
import { WIDE_ABOVE_ENDPOINTS } from '../../functions/platform/limits/delivery.domain.ts';
import { STARTS } from '../../functions/platform/limits/queues.domain.ts';
import { STREAM_PARALLELISM } from '../../functions/platform/limits/streams.domain.ts';

export interface FanOutProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly deliveryQueue: Binding<'DELIVERY_QUEUE_URL'>;
  readonly bulkQueue: Binding<'BULK_QUEUE_URL'>;
}

/**
 * Fans out accepted messages: reads the Messages stream, and continues messages with many endpoints through a queue.
 */
export class FanOut extends Construct {
  readonly queue: QueueWorker<'FAN_OUT_QUEUE_URL'>;
  readonly fanOut: ServiceFunction<FanOutEnv>;
  readonly fanOutWide: ServiceFunction<FanOutEnv>;

  constructor(scope: Construct, id: string, props: FanOutProps) {
    super(scope, id);
    const { config, state } = props;
    this.queue = new QueueWorker(this, 'Queue', {
      name: 'FanOut',
      config,
      onCall: {
        impact: `Messages with more than ${WIDE_ABOVE_ENDPOINTS} endpoints, and messages whose fan-out failed at first, reach endpoints late. Dead-lettered messages do not reach the rest of their endpoints until they are replayed.`,
        runbook: 'fan-out-queue',
        replay: `npm run dlq -- replay fan-out-wide --stage ${config.name}`,
      },
      variable: 'FAN_OUT_QUEUE_URL',
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.fanOut,
      maximumConcurrency: config.fanOutWide.maximumConcurrency,
      starts: STARTS.fanOutWide,
      oldest: Duration.minutes(15),
      backlog: 10_000,
    });
    const stream = new StreamWorker(this, 'FanOutStream', {
      config,
      onCall: {
        impact: 'Accepted messages are not fanned out: no endpoint gets webhooks for them.',
        runbook: 'fan-out-stream',
        replay: `npm run dlq -- replay fan-out --stage ${config.name}`,
      },
    });
    this.fanOut = new ServiceFunction<FanOutEnv>(this, 'FanOut', {
      config,
      entry: 'fan-out',
      description: 'Matches new messages with endpoints and queues their deliveries',
      memory: FUNCTION_MEMORY_MB.fanOut,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.fanOut,
      bindings: {
        ...this.bindings(props, stream.deadLetters.send),
        // Stream records contain the whole message; Query measures the rate of an application.
        MESSAGES_TABLE: state.messages.allow('Query'),
      },
    });
    stream.readBy(this.fanOut, [
      { from: state.messages, parallelism: STREAM_PARALLELISM.fanOut, filters: [newRows('msg')] },
    ]);
    this.fanOutWide = new ServiceFunction<FanOutEnv>(this, 'FanOutWide', {
      config,
      entry: 'fan-out-wide',
      description: `Continues the fan-out of messages with more than ${WIDE_ABOVE_ENDPOINTS} endpoints, a page at a time`,
      memory: FUNCTION_MEMORY_MB.fanOut,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.fanOut,
      resends: true,
      bindings: this.bindings(props, this.queue.deadLetters.send),
    });
    this.queue.consumedBy(this.fanOutWide);
  }

  private bindings(
    { state, deliveryQueue, bulkQueue }: FanOutProps,
    deadLetters: Binding<'DEAD_LETTER_QUEUE_URL'>,
  ): Bindings<FanOutEnv> {
    return {
      CATALOG_TABLE: state.catalog.allow('GetItem', 'BatchGetItem', 'Query'),
      MESSAGES_TABLE: state.messages.allow(),
      PAYLOADS_BUCKET: state.payloads.nameOnly,
      // For due items, where `deliverAt` is later than SQS can delay, and for the failure log.
      CONTROL_TABLE: state.control.allow('PutItem', 'UpdateItem'),
      DELIVERY_QUEUE_URL: deliveryQueue,
      BULK_QUEUE_URL: bulkQueue,
      FAN_OUT_QUEUE_URL: this.queue.send,
      DEAD_LETTER_QUEUE_URL: deadLetters,
    };
  }
}
