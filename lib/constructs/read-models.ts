import { Construct } from 'constructs';
import type { ProjectEnv } from '../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../config.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import { StreamWorker, newRows } from '../building-blocks/stream-worker.ts';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import type { StateStack } from '../stacks/state-stack.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../functions/platform/limits/function-timeouts.domain.ts';
import { STREAM_PARALLELISM } from '../../functions/platform/limits/streams.domain.ts';

/** The function that updates the read models from the Deliveries stream. */
export class ReadModels extends Construct {
  readonly project: ServiceFunction<ProjectEnv>;

  constructor(scope: Construct, id: string, { config, state }: { config: StageConfig; state: StateStack }) {
    super(scope, id);
    const stream = new StreamWorker(this, 'ProjectStream', {
      config,
      onCall: {
        impact: 'Attempt lists and statistics are out of date. Deliveries are not affected.',
        runbook: 'projections',
        replay: `npm run dlq -- replay project --stage ${config.name}`,
      },
    });
    this.project = new ServiceFunction<ProjectEnv>(this, 'Project', {
      config,
      entry: 'project',
      description: 'Writes the read models from the Deliveries stream',
      memory: FUNCTION_MEMORY_MB.project,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.project,
      bindings: {
        VIEWS_TABLE: state.views.allow('GetItem', 'PartiQLInsert', 'BatchWriteItem', 'PutItem', 'UpdateItem'),
        // For the failure log.
        CONTROL_TABLE: state.control.allow('UpdateItem'),
        DEAD_LETTER_QUEUE_URL: stream.deadLetters.send,
      },
    });
    stream.readBy(this.project, [
      { from: state.deliveries, parallelism: STREAM_PARALLELISM.project, filters: [newRows('at')] },
    ]);
  }
}
