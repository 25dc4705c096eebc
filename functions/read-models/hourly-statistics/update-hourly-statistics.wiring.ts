import { makeDynamo } from '../../platform/aws/clients.ts';
import { SHARDS } from '../../platform/dynamodb/keys.ts';
import { updateHourlyStatisticsEnv } from '../../platform/lambda/env.ts';
import { now } from '../../platform/lambda/runtime.ts';
import { makeSteps } from '../../platform/steps/fault-steps.ts';
import { makeHourlyStatistics } from './endpoint-hours.dynamo.ts';
import { makeUpdateHourlyStatistics } from './statistics.flow.ts';

/** Counts attempts of busy hours ahead of readers; `remainingMs` is the invocation's own. */
export const wireUpdateHourlyStatistics = () => {
  const env = updateHourlyStatisticsEnv.parse(process.env);
  const statistics = makeHourlyStatistics(makeDynamo(), env.VIEWS_TABLE);
  const step = makeSteps(env.FAULTS_URL);
  return (remainingMs: () => number) =>
    makeUpdateHourlyStatistics({ statistics, shards: SHARDS, now, remainingMs, step })();
};
