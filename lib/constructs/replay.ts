import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { RunTaskEnv } from '../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../config.ts';
import type { Binding } from '../building-blocks/binding.ts';
import { QueueWorker } from '../building-blocks/queue-worker.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import { TASKS } from '../../functions/platform/limits/concurrency.domain.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../functions/platform/limits/function-timeouts.domain.ts';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import { STARTS } from '../../functions/platform/limits/queues.domain.ts';
import type { StateStack } from '../stacks/state-stack.ts';

export interface TasksProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly bulkQueue: Binding<'BULK_QUEUE_URL'>;
}

/** Background tasks (recover, replay-missing, bulk-replay, expunge-all-contents), processed page by page from a queue of their own. */
export class Tasks extends Construct {
  readonly queue: QueueWorker<'TASK_QUEUE_URL'>;
  readonly runTask: ServiceFunction<RunTaskEnv>;

  constructor(scope: Construct, id: string, { config, state, bulkQueue }: TasksProps) {
    super(scope, id);
    this.queue = new QueueWorker(this, 'Queue', {
      name: 'Task',
      config,
      onCall: {
        impact:
          'Tasks (recover, replay, expunge all contents) make no progress. Other deliveries are not affected.',
        runbook: 'task-queue',
        replay: `npm run dlq -- replay run-task --stage ${config.name}`,
      },
      variable: 'TASK_QUEUE_URL',
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.runTask,
      maximumConcurrency: TASKS.concurrency,
      starts: STARTS.tasks,
      oldest: Duration.minutes(15),
      backlog: 1_000,
    });
    this.runTask = new ServiceFunction<RunTaskEnv>(this, 'RunTask', {
      config,
      entry: 'run-task',
      description: "Resends an endpoint's messages, erases an application's, and computes statistics",
      memory: FUNCTION_MEMORY_MB.runTask,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.runTask,
      resends: true,
      bindings: {
        CATALOG_TABLE: state.catalog.allow('GetItem', 'BatchGetItem', 'Query'),
        // UpdateItem, and removing objects: for erasing the contents of an application's messages.
        MESSAGES_TABLE: state.messages.allow('Query', 'BatchGetItem', 'UpdateItem'),
        PAYLOADS_BUCKET: state.payloads.remove,
        DELIVERIES_TABLE: state.deliveries.allowWithIndex('Query', 'BatchGetItem', 'UpdateItem'),
        VIEWS_TABLE: state.views.allow('Query', 'BatchGetItem'),
        // PutItem: the parts of statistics.
        CONTROL_TABLE: state.control.allow('UpdateItem', 'PutItem'),
        BULK_QUEUE_URL: bulkQueue,
        TASK_QUEUE_URL: this.queue.send,
        DEAD_LETTER_QUEUE_URL: this.queue.deadLetters.send,
      },
    });
    this.queue.consumedBy(this.runTask);
  }
}
