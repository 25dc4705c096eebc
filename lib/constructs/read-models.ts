import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ProjectEnv } from '../../functions/platform/lambda/env.ts';
import type { StageConfig } from '../config.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import { StreamWorker } from '../building-blocks/stream-worker.ts';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import type { StateStack } from '../stacks/state-stack.ts';

/** Keeps the read models up to date with what happened to deliveries. */
export class Projections extends Construct {
  readonly project: ServiceFunction<ProjectEnv>;

  constructor(scope: Construct, id: string, { config, state }: { config: StageConfig; state: StateStack }) {
    super(scope, id);
    const stream = new StreamWorker(this, 'ProjectStream', {
      config,
      onCall: {
        impact: 'Lists of attempts and counters lag behind; deliveries themselves go on.',
        runbook: 'projections',
        replay: `npm run dlq -- replay project --stage ${config.name}`,
      },
    });
    this.project = new ServiceFunction<ProjectEnv>(this, 'Project', {
      config,
      entry: 'project',
      description: 'Writes the read models from the stream of deliveries',
      memory: FUNCTION_MEMORY_MB.project,
      timeout: Duration.seconds(30),
      bindings: {
        VIEWS_TABLE: state.views.allow('GetItem', 'PartiQLInsert', 'BatchWriteItem', 'PutItem', 'UpdateItem'),
        // Where it is remembered why a batch failed.
        CONTROL_TABLE: state.control.allow('UpdateItem'),
        DEAD_LETTER_QUEUE_URL: stream.deadLetters.send,
      },
    });
    stream.readBy(this.project, [{ from: state.deliveries, parallelism: 4 }]);
  }
}
