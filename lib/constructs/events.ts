import { Construct } from 'constructs';
import type { AnnounceEnv } from '../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../config.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import { StreamWorker, newRows } from '../building-blocks/stream-worker.ts';
import {
  FAILING_AT_ATTEMPT,
  RECOVERED_FROM_ATTEMPT,
} from '../../functions/platform/limits/announced-attempts.domain.ts';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import type { StateStack } from '../stacks/state-stack.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../functions/platform/limits/function-timeouts.domain.ts';
import { STREAM_PARALLELISM } from '../../functions/platform/limits/streams.domain.ts';

/** A new attempt with one of these decisions. */
const decided = (kinds: readonly string[], attributes: object = {}): object =>
  newRows('at', { dec: { M: { kind: { S: kinds } } }, ...attributes });

const numbersBelow = (end: number): readonly string[] =>
  Array.from({ length: end - 1 }, (_, index) => String(index + 1));

/**
 * Attempts that are domain events (functions/events/domain-event.domain.ts), so that no healthy message invokes the
 * function. Streams have numbers as strings, so Lambda cannot compare them.
 */
export const ANNOUNCED_ATTEMPTS: readonly object[] = [
  decided(['exhausted', 'gone', 'canceled']),
  decided(['retry'], { n: { N: [String(FAILING_AT_ATTEMPT)] } }),
  decided(['succeeded'], { n: { N: [{ 'anything-but': numbersBelow(RECOVERED_FROM_ATTEMPT) }] } }),
];

/** Publishes domain events about endpoints and attempts on the event bus and as operational webhooks. */
export class DomainEventPublisher extends Construct {
  readonly announce: ServiceFunction<AnnounceEnv>;

  constructor(scope: Construct, id: string, { config, state }: { config: StageConfig; state: StateStack }) {
    super(scope, id);
    const stream = new StreamWorker(this, 'AnnounceStream', {
      config,
      onCall: {
        impact: 'Operational webhooks and event bus rules get events late, or not until they are replayed.',
        runbook: 'announcements',
        replay: `npm run dlq -- replay announce --stage ${config.name}`,
      },
    });
    this.announce = new ServiceFunction<AnnounceEnv>(this, 'Announce', {
      config,
      entry: 'announce',
      description:
        'Publishes domain events from the Deliveries and Catalog streams on the bus and as webhooks',
      memory: FUNCTION_MEMORY_MB.announce,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.announce,
      bindings: {
        EVENT_BUS_NAME: state.eventBus.publish,
        // UpdateItem: the expiry of rows that a deleted application leaves.
        CATALOG_TABLE: state.catalog.allow('GetItem', 'BatchGetItem', 'Query', 'UpdateItem'),
        MESSAGES_TABLE: state.messages.allow('PutItem'),
        // Records of events that are on the bus, and the failure log.
        CONTROL_TABLE: state.control.allow('PutItem', 'UpdateItem', 'DeleteItem'),
        DEAD_LETTER_QUEUE_URL: stream.deadLetters.send,
      },
    });
    // One batch of a shard at a time, so that the events of an endpoint are published in order.
    stream.readBy(this.announce, [
      { from: state.deliveries, parallelism: STREAM_PARALLELISM.announce, filters: ANNOUNCED_ATTEMPTS },
      { from: state.catalog, parallelism: STREAM_PARALLELISM.announce },
    ]);
  }
}
