import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { makeDynamo, makeSqs } from '../platform/aws/clients.ts';
import { makeInsertNew } from '../platform/dynamodb/insert-new.ts';
import { projectEnv } from '../platform/lambda/env.ts';
import { makeFailureLog } from '../platform/lambda/failure-log.dynamo.ts';
import { now } from '../platform/lambda/runtime.ts';
import { settleTogetherOrAlone } from '../platform/settle.domain.ts';
import { makeDeadLetters } from '../platform/sqs/dead-letters.sqs.ts';
import { makeSteps } from '../platform/steps/fault-steps.ts';
import { makeMarkDirtyHours } from './hourly-statistics/endpoint-hours.dynamo.ts';
import { makeProjectAndMarkHours } from './hourly-statistics/statistics.flow.ts';
import { makeProject } from './project.flow.ts';
import { makeViews } from './views.dynamo.ts';

/** Wires the function that writes the read models. */
export const wireProject = () => {
  const env = projectEnv.parse(process.env);
  const client = makeDynamo();
  const step = makeSteps(env.FAULTS_URL);
  const project = makeProjectAndMarkHours(
    makeProject(
      makeViews(
        client,
        env.VIEWS_TABLE,
        makeInsertNew(client, env.VIEWS_TABLE),
        env.STAGE_SETTINGS.rowRetentionDays,
      ),
    ),
    makeMarkDirtyHours(client, env.VIEWS_TABLE),
    now,
  );
  return {
    deadLetters: makeDeadLetters(makeSqs(), env.DEAD_LETTER_QUEUE_URL),
    failureLog: makeFailureLog(client, env.CONTROL_TABLE),
    work: async (attempts: readonly Attempt[]) => {
      await step('project.read');
      const outcomes = await settleTogetherOrAlone(attempts, ({ id }) => id, project);
      await step('project.done');
      return outcomes;
    },
  };
};
